import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '../progress.js';
import { releasesBefore, type Scenario } from '../scenarios/index.js';
import { type ReachedApp, reachApp } from './app-address.js';
import { liveView } from './live-view.js';
import type { Performance, Theatre } from './play.js';
import { type RunRecord, runRecord } from './run-record.js';
import { runReport } from './run-report.js';
import { type TheatreSession, wantedFor, withTheatre } from './session.js';

export interface DemoOptions {
  readonly root: string;
  readonly out: string;
  readonly scenario: Scenario;
  /** Leave everything up afterwards. */
  readonly keep: boolean;
  readonly progress: Progress;
}

/** Plays one scenario for somebody who watches, and writes `run.json`. @returns what was found */
export async function demo(options: DemoOptions): Promise<RunRecord> {
  const { progress, scenario } = options;
  return withTheatre(options.root, options.out, progress, wantedFor([scenario]), async (session) => {
    const { theatre, supervisor } = session;
    for (const earlier of releasesBefore(scenario)) await release(session, earlier, progress);
    progress.say(`\n${scenario.title}`);
    const performance = await play(session, scenario, progress);
    const { urls, close } = await addresses(theatre, performance);
    const record = runRecord(performance, theatre.stage, urls);
    await writeFile(join(options.out, 'run.json'), `${JSON.stringify(record, null, 2)}\n`);
    progress.say(`\n${runReport(record)}`);
    await close();
    if (options.keep) {
      await theatre.parts.inbox.stop(); // it is part of this process, which ends now
      supervisor.keep();
      progress.say('Everything stays up. Take it down with:  npm run demo -- --down\n');
    }
    return record;
  });
}

/** The good release that has to run before a scenario that breaks it. @throws Error when it is not good */
async function release(session: TheatreSession, scenario: Scenario, progress: Progress): Promise<void> {
  progress.say(
    '\nFirst a good release, so that there is something to go back to, and to try the next one beside',
  );
  const { verdicts } = await play(session, scenario, progress);
  const missed = verdicts.filter((verdict) => verdict.instead !== undefined);
  if (missed.length > 0)
    throw new Error(
      `the release before it failed: ${missed.map((verdict) => `${verdict.claim} (${verdict.instead})`).join('; ')}`,
    );
}

/** What happens, in a line. Pure. */
export function occurrence({ dispatch, rush, proposal, previewed, message }: Scenario): string {
  if (dispatch !== undefined) return `Somebody starts ${dispatch.workflow} by hand`;
  if (rush !== undefined) return `Visitors come to ${rush}`;
  const isPushed = proposal === undefined && previewed === undefined;
  return `${isPushed ? 'A push' : 'A pull request'}: “${message}”`;
}

/** Plays a scenario and shows its jobs as they end. */
export function play(session: TheatreSession, scenario: Scenario, progress: Progress): Promise<Performance> {
  progress.say(occurrence(scenario));
  return session.theatre.play(scenario, {
    onEvent: liveView((line) => progress.say(line)),
    signal: session.signal,
  });
}

async function addresses(
  theatre: Theatre,
  performance: Performance,
): Promise<{ urls: Partial<Record<'staging' | 'production', string>>; close(): Promise<void> }> {
  const urls: Partial<Record<'staging' | 'production', string>> = {};
  const open: ReachedApp[] = [];
  for (const environment of ['staging', 'production'] as const) {
    const reached = await reachApp(theatre.parts.kubeconfig, performance.after.environments[environment]);
    if (reached === undefined) continue;
    open.push(reached);
    urls[environment] = reached.address;
  }
  return {
    urls,
    close: async () => {
      for (const reached of open) await reached.close();
    },
  };
}
