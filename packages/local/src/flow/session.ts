import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { choose, lookAtHost } from '../host.js';
import type { Progress } from '../progress.js';
import type { Scenario } from '../scenarios/scenario.js';
import { folders } from '../services/folders.js';
import { withSession } from '../services/session.js';
import type { Supervisor } from '../services/supervisor.js';
import { liveRun } from '../services/take-down.js';
import { DEMO, type Wanted } from '../tools/needs.js';
import { prepare } from '../tools/prepare.js';
import type { PartName } from '../tools/recipe.js';
import { startParts } from './local-parts.js';
import { consumerSlug } from './observation.js';
import { Theatre } from './play.js';
import { layOutStage } from './stage.js';

export interface TheatreSession {
  readonly theatre: Theatre;
  readonly supervisor: Supervisor;
  readonly signal: AbortSignal;
}

/**
 * Prepares, starts and lays out everything, runs the body, and takes everything down again: at its end, on failure and
 * on Ctrl-C.
 *
 * @param root this repository
 * @param out the folder for records and logs; emptied first
 * @param wanted what to prepare: {@link DEMO}, and what the scenarios need besides
 */
export async function withTheatre<T>(
  root: string,
  out: string,
  progress: Progress,
  wanted: Wanted,
  body: (session: TheatreSession) => Promise<T>,
): Promise<T> {
  const at = folders();
  const choices = choose(await lookAtHost());
  // The records of a run that is still up are its own.
  if (liveRun(at) === undefined) await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const tools = await prepare(choices, wanted, at, progress);
  return withSession(at, join(out, 'services'), progress, async (supervisor, signal) => {
    const work = join(at.run, 'flow');
    await mkdir(work, { recursive: true });
    const laid = await layOutStage(root, work, consumerSlug);
    const parts = await startParts(supervisor, root, { choices, tools, progress }, work);
    const stage = { ...laid, consumer: { ...laid.consumer, registry: parts.registry } };
    signal.throwIfAborted();
    const theatre = await Theatre.open(parts, stage, out);
    try {
      return await body({ theatre, supervisor, signal });
    } finally {
      await theatre.close();
    }
  });
}

/** What the scenarios need to be prepared. Pure. */
export function wantedFor(scenarios: readonly Scenario[]): Wanted {
  const tools: PartName[] = [...DEMO.tools];
  if (scenarios.some(({ rush }) => rush !== undefined)) tools.push('metrics-server');
  if (scenarios.some(({ previewed }) => previewed !== undefined)) tools.push('traefik');
  return { ...DEMO, tools };
}
