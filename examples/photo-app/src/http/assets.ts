import { readFile } from 'node:fs/promises';
import type { Reply } from './reply.ts';

/** `public/` lies beside both `src/` and the built `lib/`. */
const folder = new URL('../../public/', import.meta.url);

/** The whole list: a name in a request is looked up here and never becomes a path. */
const contentTypes: Readonly<Record<string, string>> = {
  'style.css': 'text/css; charset=utf-8',
  'gallery.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

export type Assets = ReadonlyMap<string, Reply>;

/** Read once at the start: three small files. */
export async function loadAssets(): Promise<Assets> {
  const entries = Object.entries(contentTypes).map(async ([name, contentType]): Promise<[string, Reply]> => {
    const body = await readFile(new URL(name, folder));
    return [
      name,
      { status: 200, headers: { 'content-type': contentType, 'cache-control': 'public, max-age=300' }, body },
    ];
  });
  return new Map(await Promise.all(entries));
}
