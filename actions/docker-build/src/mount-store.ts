import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MOUNTS_FILE } from './mount-dockerfile.js';

/** Where the contents of cache mounts are between runs. */
export interface MountStore {
  /** Puts the file at `path`. @returns what was found, or undefined for nothing */
  fetch(path: string): Promise<string | undefined>;
  /** @returns whether it was kept; false where the very same is there */
  keep(path: string): Promise<boolean>;
}

/** A folder that stays. */
export function folderStore(folder: string, scope: string): MountStore {
  const kept = join(folder, scope, MOUNTS_FILE);
  return {
    fetch: async (path) => {
      const found = await stat(kept).then(
        () => true,
        () => false,
      );
      if (found) await copyFile(kept, path);
      return found ? kept : undefined;
    },
    keep: async (path) => {
      await mkdir(dirname(kept), { recursive: true });
      const beside = `${kept}.${process.pid}`;
      await copyFile(path, beside);
      await rename(beside, kept); // whoever reads meanwhile has the old one whole
      return true;
    },
  };
}

/**
 * GitHub's cache. An entry never changes, so each content has a key of its own; the newest of a scope is found by its
 * beginning. Source: GitHub docs, "Dependency caching reference", restore keys.
 *
 * @param scopes one's own first
 * @param path of the file, relative to the workspace: an entry is found only under the path it was saved from
 */
export function githubStore(scopes: readonly string[], path: string): MountStore {
  const [own = ''] = scopes;
  return {
    fetch: async () => {
      const { restoreCache } = await import('@actions/cache');
      return restoreCache(
        [path],
        `${own}-none`,
        scopes.map((scope) => `${scope}-`),
      );
    },
    keep: async (file) => {
      const { isFeatureAvailable, restoreCache, saveCache } = await import('@actions/cache');
      if (!isFeatureAvailable()) return false;
      const hash = createHash('sha256');
      await pipeline(createReadStream(file), hash);
      const key = `${own}-${hash.digest('hex').slice(0, 32)}`;
      if ((await restoreCache([path], key, [], { lookupOnly: true })) !== undefined) return false;
      await saveCache([path], key);
      return true;
    },
  };
}
