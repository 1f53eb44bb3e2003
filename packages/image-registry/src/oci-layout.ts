import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContentStore } from './image-content.js';
import { isDigest } from './manifest.js';

/** A built image on disk. Source: OCI image specification, image-layout.md. */
export class OciLayout implements ContentStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  manifest(digest: string): Promise<string> {
    return this.blob(digest);
  }

  async blob(digest: string): Promise<string> {
    return readFile(this.path(digest), 'utf8');
  }

  path(digest: string): string {
    if (!isDigest(digest)) throw new Error(`'${digest}' is no sha256 digest`);
    return join(this.folder, 'blobs', 'sha256', digest.slice('sha256:'.length));
  }
}
