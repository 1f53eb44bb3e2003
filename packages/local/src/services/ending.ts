import { until } from './readiness.js';
import { isAlive, type ProcessIdentity } from './run-state.js';

/**
 * Ends a process that leads a group, and its whole group: asks, waits, insists.
 * A number that meanwhile belongs to another process is left alone.
 */
export async function endProcess(recorded: ProcessIdentity, graceMs: number): Promise<void> {
  if (!isAlive(recorded)) return;
  signalGroup(recorded.pid, 'SIGTERM');
  const gone = async () => !isAlive(recorded);
  try {
    await until(gone, { timeoutMs: graceMs, everyMs: 25 });
  } catch {
    // It had its time; what follows does not ask.
  }
  // Also what outlived its leader. While a group has members, its number is given to nobody else.
  signalGroup(recorded.pid, 'SIGKILL');
  await until(gone, { timeoutMs: 5_000, everyMs: 25 });
}

/** Signals every process of a group. A group that is already gone is no error. */
function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
