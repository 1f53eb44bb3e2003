import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A JSON file of a downloaded artifact, by its name; undefined when it is not there, too large, or not JSON.
 * @param maxBytes whoever made the artifact decides its size, so the reader bounds it
 */
export async function readJson(folder: string, file: string, maxBytes: number): Promise<unknown> {
  try {
    const names = await readdir(folder);
    const path = join(folder, file);
    if (!names.includes(file) || (await stat(path)).size > maxBytes) return undefined;
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
