import { existsSync, globSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A program on PATH, or one that has been prepared before: for what is only tried where it is there. */
export function find(program: string): string | undefined {
  const cache =
    process.env.FAIRWAY_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'fairway');
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/sbin',
    ...globSync(
      ['programs/*', 'programs/*/bin', 'programs/*/usr/bin', 'programs/*/usr/sbin'].map((pattern) =>
        join(cache, pattern),
      ),
    ),
  ];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}
