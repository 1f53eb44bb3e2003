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
    signalGroup(recorded.pid, 'SIGKILL');
    await until(gone, { timeoutMs: 5_000, everyMs: 25 });
  }
}

/** Signals the group; where the process leads none, the process alone. One that is already gone is no error. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  for (const target of [-pid, pid])
    try {
      process.kill(target, signal);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
}
