import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '../progress.js';
import { releasesBefore, type Scenario, scenarios } from '../scenarios/index.js';
import { play } from './demo.js';
import type { Verdict } from './judge.js';
import { runRecord } from './run-record.js';
import { type TheatreSession, wantedFor, withTheatre } from './session.js';

export interface EndToEndResult {
  readonly passed: number;
  readonly failed: number;
}

/** Plays scenarios one after another on one set of services, and prints each assertion as it is found. */
export async function endToEnd(
  root: string,
  out: string,
  chosen: readonly Scenario[],
  progress: Progress,
): Promise<EndToEndResult> {
  return withTheatre(root, out, progress, wantedFor(chosen), async (session) => {
    const count = { passed: 0, failed: 0 };
    for (const scenario of chosen) {
      session.signal.throwIfAborted();
      progress.say(`\n${scenario.name}: ${scenario.title}`);
      if (scenario.rush !== undefined && !session.theatre.parts.autoscales) {
        progress.say(
          '  not played: this cluster has no metrics-server of ours, without which no pod is added',
        );
        continue;
      }
      const verdicts = await playForRecord(session, scenario, out, progress);
      for (const { claim, instead } of verdicts) {
        if (instead === undefined) count.passed++;
        else count.failed++;
        progress.say(
          instead === undefined
            ? `  passed  ${claim}`
            : `  FAILED  ${claim}\n          instead: ${instead.replaceAll('\n', '\n          ')}`,
        );
      }
    }
    return count;
  });
}

async function playForRecord(
  session: TheatreSession,
  scenario: Scenario,
  out: string,
  progress: Progress,
): Promise<readonly Verdict[]> {
  const performance = await play(session, scenario, progress);
  const record = runRecord(performance, session.theatre.stage, {});
  await writeFile(join(out, `${scenario.name}.json`), `${JSON.stringify(record, null, 2)}\n`);
  return performance.verdicts;
}

/**
 * The scenarios to play for a list of names; all for none. Those that need releases before them get the green one first,
 * and the canary after it where one is not enough. Pure.
 * @throws RangeError naming what is not a scenario
 */
export function chooseScenarios(names: readonly string[]): readonly Scenario[] {
  const unknown = names.filter((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown.length > 0) throw new RangeError(unknown.join(', '));
  const chosen = scenarios.filter((scenario) => names.length === 0 || names.includes(scenario.name));
  const needed = new Set(chosen.flatMap(releasesBefore));
  return scenarios.filter((scenario) => chosen.includes(scenario) || needed.has(scenario));
}
