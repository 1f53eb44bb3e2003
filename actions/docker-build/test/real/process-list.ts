import { readdirSync, readFileSync } from 'node:fs';

/** Whatever stands on a command line of this machine, of every user and container, while `work` goes on. */
export async function whileWatchingProcesses<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly commandLines: ReadonlySet<string> }> {
  const commandLines = new Set<string>();
  const look = () => {
    for (const id of readdirSync('/proc')) {
      if (!/^\d+$/.test(id)) continue;
      try {
        commandLines.add(readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' '));
      } catch {
        // it has ended
      }
    }
  };
  const timer = setInterval(look, 20);
  try {
    return { result: await work(), commandLines };
  } finally {
    clearInterval(timer);
  }
}
