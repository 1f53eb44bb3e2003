import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The files of an application, as far as a Dockerfile is guessed from them. */
export interface Project {
  has(path: string): boolean;
  /** The text, its first {@link TEXT_BYTES} bytes; empty where there is no such file. */
  read(path: string): string;
  /** The names in a folder; none where there is no such folder. */
  list(folder: string): readonly string[];
}

const TEXT_BYTES = 256 * 1024;

export function folderProject(root: string): Project {
  return {
    has: (path) => existsSync(join(root, path)),
    read: (path) => {
      const file = join(root, path);
      return existsSync(file) && statSync(file).isFile()
        ? readFileSync(file, 'utf8').slice(0, TEXT_BYTES)
        : '';
    },
    list: (folder) => {
      const path = join(root, folder);
      return existsSync(path) && statSync(path).isDirectory() ? readdirSync(path).toSorted() : [];
    },
  };
}
