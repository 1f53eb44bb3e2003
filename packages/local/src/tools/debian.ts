import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ActionError } from '@fairway/action-kit';
import { run, runOrThrow, which } from '@fairway/exec-kit';

const APT = { show: 'never', timeoutMs: 600_000, env: { DEBIAN_FRONTEND: 'noninteractive' } } as const;

/**
 * Downloads packages (apt verifies their signatures and sums) and unpacks them into a folder. Nothing is installed:
 * no service starts, no user is made, and deleting the folder is all there is to undo.
 */
export async function unpackPackages(packages: readonly string[], work: string, out: string): Promise<void> {
  await withFreshLists(() => run('apt-get', ['download', '--quiet', ...packages], { ...APT, cwd: work }));
  for (const file of readdirSync(work).filter((name) => name.endsWith('.deb')))
    await runOrThrow('dpkg-deb', ['--extract', join(work, file), out], { show: 'never', timeoutMs: 120_000 });
}

/** Installs packages, as root only, and only when a program they provide is missing. */
export async function installPackages(
  packages: readonly string[],
  provides: readonly string[],
): Promise<void> {
  const missing = [];
  for (const program of provides) if ((await which(program)) === undefined) missing.push(program);
  if (missing.length === 0) return;
  const command = `apt-get install --no-install-recommends ${packages.join(' ')}`;
  if (process.getuid?.() !== 0)
    throw new ActionError(
      'packages-missing',
      `Programs are missing on this machine: ${missing.join(', ')}.`,
      {
        remedy: `Run: sudo ${command}`,
      },
    );
  const install = ['install', '--yes', '--quiet', '--no-install-recommends', ...packages];
  await withFreshLists(() => run('apt-get', install, APT));
}

/** A first try with the package lists as they are; where that fails, they are fetched anew and it is tried again. */
async function withFreshLists(attempt: () => ReturnType<typeof run>): Promise<void> {
  if ((await attempt()).exitCode === 0) return;
  await runOrThrow('apt-get', ['update', '--quiet'], APT);
  const again = await attempt();
  if (again.exitCode !== 0)
    throw new ActionError('packages-refused', `apt-get failed:\n${again.stderr.trim()}`, {
      remedy: 'Check /etc/apt/sources.list and the network, then start again.',
    });
}
