import type { Readable } from 'node:stream';
import type { StorageConfig } from '../config.ts';

export interface StoredObject {
  readonly body: Readable;
  /** In bytes. */
  readonly size: number;
}

/** Keeps the bytes of photos under keys such as `original/<id>`. */
export interface Storage {
  /** Resolves when the bytes are safe: a crash right after must not lose them. */
  put(key: string, bytes: Buffer, contentType: string): Promise<void>;
  get(key: string): Promise<StoredObject | undefined>;
  /** Removing what is not there is no error, so that a removal can be repeated. */
  remove(key: string): Promise<void>;
  /** Rejects when the storage cannot be used now. */
  check(): Promise<void>;
}

/** Loads only the storage that is asked for. */
export async function openStorage(config: StorageConfig): Promise<Storage> {
  if (config.kind === 's3') return new (await import('./s3.ts')).S3Storage(config);
  return (await import('./folder.ts')).FolderStorage.open(config.folder);
}
