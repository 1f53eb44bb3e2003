import { readdir, readFile } from 'node:fs/promises';

/**
 * Ends what a run started and left behind. GitHub's runner finds such processes by the RUNNER_TRACKING_ID in their
 * environment (actions/runner, JobExtension.cs); so does this. Linux only: elsewhere there is no /proc to look in.
 *
 * @returns the command lines of what was ended
 */
export async function endOrphans(trackingId: string): Promise<readonly string[]> {
  const mark = `RUNNER_TRACKING_ID=${trackingId}`;
  const ended: string[] = [];
  for (const name of await readdir('/proc').catch(() => [])) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
    if (!environment.split('\0').includes(mark)) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
    try {
      process.kill(pid, 'SIGKILL');
      ended.push(command.replaceAll('\0', ' ').trim());
    } catch {
      // it ended by itself meanwhile
    }
  }
  return ended;
}
