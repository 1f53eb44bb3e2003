import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { messageOf, warning } from '@fairway/action-kit';

/** A cache in a folder of the runner, with a folder for each scope. */
export interface LocalCache {
  readonly folder: string;
  /** The folder of one's own scope. */
  readonly own: string;
  /** Where the next one is written: BuildKit only adds to a folder, so that one and the same would grow for ever. */
  readonly next: string;
}

/** @param step the step's own folder, whose name no other run has */
export function localCache(folder: string, scope: string, step: string): LocalCache {
  const own = join(folder, scope);
  return { folder, own, next: `${own}.next-${basename(step)}` };
}

/** Puts what was written in place of what was there; or, where the build did not come that far, away. It is only a cache. */
export async function turnOver({ own, next }: LocalCache, keep: boolean): Promise<void> {
  try {
    if (keep && existsSync(join(next, 'index.json'))) {
      await rm(own, { recursive: true, force: true });
      await rename(next, own);
    }
    await rm(next, { recursive: true, force: true });
  } catch (error) {
    warning(`The layer cache was not kept: ${messageOf(error)}`);
  }
}
