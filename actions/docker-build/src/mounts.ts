import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBytes, group, info, messageOf, warning } from '@fairway/action-kit';
import { runOrThrow } from '@fairway/exec-kit';
import { cacheScopes } from './cache-scope.js';
import type { Job } from './job.js';
import { fillDockerfile, MOUNTS_FILE, readDockerfile } from './mount-dockerfile.js';
import { folderStore, githubStore, type MountStore } from './mount-store.js';

/** In the workspace, for GitHub's cache; there only while contents are fetched or kept, never while an image is built. */
const FOLDER = '.fairway-cache-mounts';

/** How the builder is spoken to. */
export interface MountBuilder {
  readonly buildx: string;
  readonly builder?: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Fills the builder's cache mounts with what an earlier run left. A cache: what goes wrong is told, and no failure. */
export async function fillMounts(job: Job, how: MountBuilder): Promise<void> {
  await aside(job, 'Cache mounts', 'The cache mounts were not filled', async (folder, store) => {
    const found = await store.fetch(join(folder, MOUNTS_FILE));
    if (found === undefined) {
      info('Nothing was kept yet.');
      return;
    }
    await solve(job, how, fillDockerfile, folder, ['type=cacheonly']);
    info(`Filled from ${found}.`);
  });
}

/** Keeps what the builder's cache mounts hold now; only where images are pushed, never for a fork. */
export async function keepMounts(job: Job, how: MountBuilder): Promise<void> {
  if (!job.inputs.push || job.where.pullRequest?.fromFork) return;
  await aside(job, 'Keep cache mounts', 'The cache mounts were not kept', async (folder, store) => {
    await solve(job, how, readDockerfile, folder, [`type=local,dest=${folder}`]);
    const file = join(folder, MOUNTS_FILE);
    const kept = await store.keep(file);
    const size = formatBytes((await stat(file)).size);
    info(kept ? `Kept ${size}.` : `The same ${size} are kept already.`);
  });
}

async function aside(
  { inputs, where }: Job,
  title: string,
  failed: string,
  body: (folder: string, store: MountStore) => Promise<void>,
): Promise<void> {
  const { mounts, folder: kept } = inputs.mounts;
  if (mounts.length === 0) return;
  const folder = join(where.workspace, FOLDER);
  const before = process.cwd();
  await group(title, async () => {
    try {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder);
      process.chdir(where.workspace); // GitHub's cache takes paths as relative to it
      const { own, fallback } = cacheScopes(where, inputs.build.platforms, inputs.build.cacheScope);
      const id = createHash('sha256').update(mounts.join('\n')).digest('hex').slice(0, 8);
      const scopes = [...new Set([own, ...fallback])].map((scope) => `fairway-mounts-${id}-${scope}`);
      const store =
        kept === '' ? githubStore(scopes, join(FOLDER, MOUNTS_FILE)) : folderStore(kept, scopes[0] ?? '');
      await body(folder, store);
    } catch (error) {
      warning(`${failed}: ${messageOf(error)}`);
    } finally {
      process.chdir(before);
      await rm(folder, { recursive: true, force: true });
    }
  });
}

async function solve(
  { inputs }: Job,
  { buildx, builder, env }: MountBuilder,
  dockerfile: (image: string, mounts: readonly string[], nonce: string) => string,
  folder: string,
  outputs: readonly string[],
): Promise<void> {
  const args = [
    'build',
    ...(builder ? ['--builder', builder] : []),
    '--provenance=false',
    ...outputs.flatMap((output) => ['--output', output]),
    '--file',
    '-',
    folder,
  ];
  await runOrThrow(buildx, args, {
    env,
    show: 'on-failure',
    timeoutMs: inputs.timeoutMs,
    input: dockerfile(inputs.mounts.image, inputs.mounts.mounts, randomUUID()),
    remedy: "Check that 'cache-mounts-image' has /bin/sh and tar, and that the builder can fetch it.",
  });
}
