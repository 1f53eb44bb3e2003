import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Folders of what others wrote, or of what is made anew. */
const SKIPPED: ReadonlySet<string> = new Set([
  'node_modules',
  '.git',
  'vendor',
  'dist',
  'target',
  '.terraform',
]);

/** The files below a folder whose name `wanted` takes, relative to it and with `/`. Symbolic links are not followed. */
export async function filesBelow(folder: string, wanted: (name: string) => boolean): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) {
      const below = await filesBelow(join(folder, entry.name), wanted);
      found.push(...below.map((path) => `${entry.name}/${path}`));
    }
    if (entry.isFile() && wanted(entry.name)) found.push(entry.name);
  }
  return found.toSorted();
}
