import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A blob that has been uploaded whole. */
export interface StoredBlob {
  readonly id: string;
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  readonly contentType: string;
  /** `sha256:…` of the content. */
  readonly digest: string;
}

/** What a signed URL allows. */
export interface BlobGrant {
  readonly id: string;
  readonly access: 'read' | 'write';
  /** What a download calls itself. */
  readonly fileName: string;
}

interface Upload {
  readonly folder: string;
  /** Block id → its file. */
  readonly blocks: Map<string, string>;
}

/** Where blobs are served, in the shape of Azure's path-style addresses: account, container, blob. */
export const blobPath = '/storage/blobs/';

/** Blobs on disk, and the signatures that open them. */
export class BlobStore {
  readonly #root: string;
  readonly #owned: boolean;
  readonly #uploads = new Map<string, Upload>();
  readonly #blobs = new Map<string, StoredBlob>();
  /** In memory: a restart makes old URLs invalid, as an expiry would. */
  readonly #grants = new Map<string, BlobGrant>();

  private constructor(root: string, owned: boolean) {
    this.#root = root;
    this.#owned = owned;
  }

  /** @param folder where blobs are kept; a temporary folder, removed by `close`, unless given */
  static async open(folder?: string): Promise<BlobStore> {
    if (folder === undefined) return new BlobStore(await mkdtemp(join(tmpdir(), 'fairway-blobs-')), true);
    await mkdir(folder, { recursive: true });
    return new BlobStore(folder, false);
  }

  async close(): Promise<void> {
    if (this.#owned) await rm(this.#root, { recursive: true, force: true });
  }

  /** A new blob's id; nothing is stored under it until an upload commits. */
  newId(): string {
    return randomUUID();
  }

  find(id: string): StoredBlob | undefined {
    return this.#blobs.get(id);
  }

  async remove(id: string): Promise<void> {
    const blob = this.#blobs.get(id);
    this.#blobs.delete(id);
    if (blob) await rm(blob.file, { force: true });
  }

  uploadUrl(base: string, id: string): string {
    return this.#signed(base, { id, access: 'write', fileName: id });
  }

  /** @param fileName what the download calls itself in its Content-Disposition */
  downloadUrl(base: string, id: string, fileName: string): string {
    return this.#signed(base, { id, access: 'read', fileName });
  }

  /** What a signature allows; undefined when nobody was given it. */
  grant(signature: string): BlobGrant | undefined {
    return this.#grants.get(signature);
  }

  /** Takes one block of an upload. A block of the same id is replaced, as a retry needs it. */
  async putBlock(id: string, blockId: string, content: Readable): Promise<void> {
    const upload = await this.#upload(id);
    const file = join(upload.folder, randomUUID());
    await pipeline(content, createWriteStream(file));
    upload.blocks.set(blockId, file);
  }

  /**
   * Puts the named blocks together, in order.
   * @returns whether every block was there
   */
  async commitBlocks(id: string, blockIds: readonly string[], contentType: string): Promise<boolean> {
    const upload = await this.#upload(id);
    const files = blockIds.map((blockId) => upload.blocks.get(blockId)).filter((file) => file !== undefined);
    if (files.length !== blockIds.length) return false;
    const whole = join(upload.folder, 'whole');
    await writeFile(whole, '');
    for (const file of files)
      await pipeline(createReadStream(file), createWriteStream(whole, { flags: 'a' }));
    await this.#commit(id, upload, whole, contentType);
    return true;
  }

  /** Takes a whole blob in one go. */
  async putWhole(id: string, content: Readable, contentType: string): Promise<void> {
    const upload = await this.#upload(id);
    const whole = join(upload.folder, 'whole');
    await pipeline(content, createWriteStream(whole));
    await this.#commit(id, upload, whole, contentType);
  }

  async #upload(id: string): Promise<Upload> {
    const folder = join(this.#root, `${id}.upload`);
    const upload = this.#uploads.get(id) ?? { folder, blocks: new Map<string, string>() };
    this.#uploads.set(id, upload);
    await mkdir(folder, { recursive: true });
    return upload;
  }

  async #commit(id: string, upload: Upload, whole: string, contentType: string): Promise<void> {
    const file = join(this.#root, id);
    await rename(whole, file);
    const { size } = await stat(file);
    this.#blobs.set(id, { id, file, size, contentType, digest: `sha256:${await sha256(file)}` });
    this.#uploads.delete(id);
    await rm(upload.folder, { recursive: true, force: true });
  }

  #signed(base: string, grant: BlobGrant): string {
    const signature = randomBytes(24).toString('base64');
    this.#grants.set(signature, grant);
    const url = new URL(`${blobPath}${grant.id}`, base);
    url.searchParams.set('sv', '2025-05-05');
    url.searchParams.set('sp', grant.access === 'write' ? 'cw' : 'r');
    url.searchParams.set('sig', signature);
    return url.href;
  }
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
