import { glob, stat } from 'node:fs/promises';
import { resolve } from 'node:path';

/** What tells that a file was written anew. */
export type Stamps = ReadonlyMap<string, string>;

/** The files that the patterns match now, with their stamps. */
export async function stamps(patterns: readonly string[], cwd: string): Promise<Stamps> {
  const out = new Map<string, string>();
  for (const pattern of patterns) {
    const exclude = (name: string) => name.endsWith('node_modules') || name.endsWith('.git');
    for await (const match of glob(pattern, { cwd, exclude })) {
      const path = resolve(cwd, match);
      const { mtimeMs, size } = await stat(path).catch(() => ({ mtimeMs: 0, size: 0 }));
      if (size > 0) out.set(path, `${mtimeMs} ${size}`);
    }
  }
  return out;
}

/** Files that this run wrote: what lay there from before tells of another one. */
export async function written(patterns: readonly string[], cwd: string, before: Stamps): Promise<string[]> {
  const now = await stamps(patterns, cwd);
  return [...now].flatMap(([path, stamp]) => (before.get(path) === stamp ? [] : [path])).toSorted();
}
