import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Storage, StoredObject } from './storage.ts';

/** Photos as files. Several processes may share the folder. */
export class FolderStorage implements Storage {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(folder: string): Promise<FolderStorage> {
    await mkdir(folder, { recursive: true });
    return new FolderStorage(folder);
  }

  /** Written beside its place, flushed, then renamed: a reader sees the whole file or none. */
  async put(key: string, bytes: Buffer): Promise<void> {
    const path = this.#path(key);
    const unfinished = `${path}.${randomUUID()}.part`;
    await mkdir(dirname(path), { recursive: true });
    try {
      const file = await open(unfinished, 'wx', 0o640);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(unfinished, path);
    } catch (cause) {
      await rm(unfinished, { force: true });
      throw cause;
    }
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const file = await open(this.#path(key)).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return undefined;
      throw cause;
    });
    if (!file) return undefined;
    const { size } = await file.stat();
    return { body: file.createReadStream(), size };
  }

  async remove(key: string): Promise<void> {
    await rm(this.#path(key), { force: true });
  }

  async check(): Promise<void> {
    await access(this.#folder, constants.R_OK | constants.W_OK);
  }

  #path(key: string): string {
    if (!/^[a-z]+\/[0-9a-f]+$/.test(key)) throw new Error(`"${key}" is not a storage key`);
    return join(this.#folder, key);
  }
}
