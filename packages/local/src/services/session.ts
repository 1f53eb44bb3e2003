import { ActionError } from '@fairway/action-kit';
import type { Progress } from '../progress.js';
import type { Folders } from './folders.js';
import { Supervisor } from './supervisor.js';
import { liveRun, takeDown } from './take-down.js';

/**
 * Opens the one run that may be up on a machine at a time. What a killed run left is cleared first; a living one is
 * not touched.
 * @throws ActionError 'run-present' when another run is up
 */
export async function openSession(folders: Folders, logs: string, progress: Progress): Promise<Supervisor> {
  const live = liveRun(folders);
  if (live !== undefined)
    throw new ActionError(
      'run-present',
      `Another run is up since ${live.startedAt} (process ${live.owner.pid}).`,
      {
        remedy: live.kept
          ? 'Take it down first: npm run demo -- --down'
          : 'Wait for it, or end it with Ctrl-C.',
      },
    );
  if (await takeDown(folders)) progress.say('  ✓ cleared what an earlier run had left');
  return new Supervisor(folders, logs);
}

/**
 * Runs a body with a supervisor and stops everything afterwards: at its end, on failure, on Ctrl-C and on SIGTERM.
 * @param body may call `supervisor.keep()` and resolve to leave everything up
 */
export async function withSession<T>(
  folders: Folders,
  logs: string,
  progress: Progress,
  body: (supervisor: Supervisor, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const supervisor = await openSession(folders, logs, progress);
  const interrupted = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (interrupted.signal.aborted) return;
    progress.say(`  … ${signal}: taking everything down`);
    interrupted.abort(
      new ActionError('interrupted', `Interrupted by ${signal}.`, { remedy: 'Start it again.' }),
    );
    void supervisor.stop();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);
  try {
    const result = await body(supervisor, interrupted.signal);
    if (!supervisor.state.kept) await supervisor.stop();
    return result;
  } catch (error) {
    await supervisor.stop();
    throw interrupted.signal.aborted ? interrupted.signal.reason : error;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal).off('SIGHUP', onSignal);
  }
}
