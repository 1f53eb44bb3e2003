import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { saveState, state } from '@fairway/action-kit';
import { run } from '@fairway/exec-kit';

/** A folder for this step alone, mode 0700: credentials, the builder's entry, the image before it is pushed. */
export async function openWorkplace(temp: string): Promise<string> {
  const folder = await mkdtemp(join(temp, 'fairway-docker-build-'));
  saveState('folder', folder);
  return folder;
}

/** Leaves the builder for the post step to take down. */
export function rememberBuilder(buildx: string, name: string): void {
  saveState('buildx', buildx);
  saveState('builder', name);
}

/** What is left when the step is over: the folder, with the login in it, and a builder that was made for the step. */
export async function clearWorkplace(): Promise<void> {
  const folder = state('folder');
  const builder = state('builder');
  if (builder !== '')
    await run(state('buildx'), ['rm', '--force', builder], { show: 'on-failure', timeoutMs: 60_000 });
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
}
