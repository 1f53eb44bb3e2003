import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Exchange } from '../loopback/server.js';

/** A blob that has been uploaded whole. */
export interface StoredBlob {
  readonly id: string;
  readonly file: string;
  readonly size: number;
  readonly contentType: string;
  /** `sha256:…` of the content. */
  readonly digest: string;
}

interface Upload {
  readonly folder: string;
  /** Block id → its file. */
  readonly blocks: Map<string, string>;
}

/**
 * Blobs on disk, spoken to as the Azure block-blob service is by `@azure/storage-blob`: Put Blob, Put Block, Put Block
 * List, Get Blob with a range. A URL carries a signature for reading or for writing, and nothing answers without it.
 * Source: https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api
 */
export class BlobStore {
  readonly #root: string;
  readonly #owned: boolean;
  readonly #uploads = new Map<string, Upload>();
  readonly #blobs = new Map<string, StoredBlob>();
  /** Signature → what it allows. Kept in memory: a restart makes old URLs invalid, as an expiry would. */
  readonly #grants = new Map<string, { id: string; access: 'read' | 'write'; fileName?: string }>();

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
    return this.#signed(base, id, { id, access: 'write' });
  }

  /** @param fileName what the download calls itself in its Content-Disposition */
  downloadUrl(base: string, id: string, fileName: string): string {
    return this.#signed(base, id, { id, access: 'read', fileName });
  }

  /** Whether the request is for this store. */
  owns(url: URL): boolean {
    return url.pathname.startsWith('/storage/blobs/');
  }

  async handle(exchange: Exchange): Promise<void> {
    const { method, url } = exchange;
    const id = url.pathname.slice('/storage/blobs/'.length);
    const grant = this.#grants.get(url.searchParams.get('sig') ?? '');
    const wanted = method === 'PUT' ? 'write' : 'read';
    if (!grant || grant.id !== id || grant.access !== wanted) {
      return refuse(exchange, 403, 'AuthenticationFailed', 'The signature does not allow this request.');
    }
    if (method === 'PUT') return this.#put(exchange, id);
    if (method === 'GET' || method === 'HEAD') return this.#get(exchange, id, grant.fileName ?? id);
    return refuse(exchange, 405, 'UnsupportedHttpVerb', `${method} is not part of this service.`);
  }

  async #put(exchange: Exchange, id: string): Promise<void> {
    const component = exchange.url.searchParams.get('comp');
    const upload = await this.#upload(id);
    if (component === 'block') {
      const blockId = exchange.url.searchParams.get('blockid') ?? '';
      if (!isBlockId(blockId))
        return refuse(exchange, 400, 'InvalidQueryParameterValue', 'blockid must be Base64.');
      const file = join(upload.folder, randomUUID());
      await pipeline(exchange.incoming, createWriteStream(file));
      upload.blocks.set(blockId, file);
      return created(exchange);
    }
    if (component === 'blocklist') {
      const ids = blockList(await exchange.text());
      const files = ids.map((blockId) => upload.blocks.get(blockId));
      if (files.includes(undefined)) {
        return refuse(exchange, 400, 'InvalidBlockList', 'The specified block list is invalid.');
      }
      const whole = join(upload.folder, 'whole');
      await createEmpty(whole);
      for (const file of files)
        if (file) await pipeline(createReadStream(file), createWriteStream(whole, { flags: 'a' }));
      await this.#commit(id, upload, whole, exchange.headers['x-ms-blob-content-type']);
      return created(exchange);
    }
    if (component !== null || exchange.headers['x-ms-blob-type'] !== 'BlockBlob') {
      return refuse(
        exchange,
        400,
        'InvalidHeaderValue',
        'Only block blobs are kept here: x-ms-blob-type must be BlockBlob.',
      );
    }
    const whole = join(upload.folder, 'whole');
    await pipeline(exchange.incoming, createWriteStream(whole));
    await this.#commit(id, upload, whole, exchange.headers['x-ms-blob-content-type']);
    return created(exchange);
  }

  async #get(exchange: Exchange, id: string, fileName: string): Promise<void> {
    const blob = this.#blobs.get(id);
    if (!blob) return refuse(exchange, 404, 'BlobNotFound', 'The specified blob does not exist.');
    const asked = exchange.headers['x-ms-range'] ?? exchange.headers.range;
    const range = byteRange(typeof asked === 'string' ? asked : undefined, blob.size);
    if (range === 'unsatisfiable') {
      return refuse(
        exchange,
        416,
        'InvalidRange',
        'The range specified is invalid for the current size of the resource.',
      );
    }
    const { start, end } = range ?? { start: 0, end: blob.size - 1 };
    exchange.outgoing.writeHead(range ? 206 : 200, {
      ...azureHeaders(),
      'content-type': blob.contentType,
      'content-length': String(end - start + 1),
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
      'accept-ranges': 'bytes',
      'x-ms-blob-type': 'BlockBlob',
      ...(range ? { 'content-range': `bytes ${start}-${end}/${blob.size}` } : {}),
    });
    if (exchange.method === 'HEAD' || blob.size === 0) {
      exchange.outgoing.end();
      return;
    }
    await pipeline(createReadStream(blob.file, { start, end }), exchange.outgoing);
  }

  async #upload(id: string): Promise<Upload> {
    const known = this.#uploads.get(id);
    if (known) return known;
    const upload: Upload = { folder: join(this.#root, `${id}.upload`), blocks: new Map() };
    this.#uploads.set(id, upload);
    await mkdir(upload.folder, { recursive: true });
    return upload;
  }

  async #commit(
    id: string,
    upload: Upload,
    whole: string,
    type: string | string[] | undefined,
  ): Promise<void> {
    const file = join(this.#root, id);
    await rename(whole, file);
    const { size } = await stat(file);
    const contentType = typeof type === 'string' ? type : 'application/octet-stream';
    this.#blobs.set(id, { id, file, size, contentType, digest: `sha256:${await sha256(file)}` });
    this.#uploads.delete(id);
    await rm(upload.folder, { recursive: true, force: true });
  }

  #signed(
    base: string,
    id: string,
    grant: { id: string; access: 'read' | 'write'; fileName?: string },
  ): string {
    const signature = randomBytes(24).toString('base64');
    this.#grants.set(signature, grant);
    const url = new URL(`/storage/blobs/${id}`, base);
    url.searchParams.set('sv', '2025-05-05');
    url.searchParams.set('sp', grant.access === 'write' ? 'cw' : 'r');
    url.searchParams.set('sig', signature);
    return url.href;
  }
}

/** The content of a stored blob; for tests and for services that look inside. */
export function readBlob(blob: StoredBlob): Promise<Buffer> {
  return readFile(blob.file);
}

/** Parses a `Range: bytes=a-b` header against a size; undefined when there is none. */
export function byteRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? '');
  if (!match) return undefined;
  const start = Number(match[1]);
  const end = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return start >= size || end < start ? 'unsatisfiable' : { start, end };
}

/** Block ids of a Put Block List body, in order. */
export function blockList(xml: string): string[] {
  return [...xml.matchAll(/<(Latest|Uncommitted|Committed)>([^<]*)<\/\1>/g)].map((match) => match[2] ?? '');
}

function isBlockId(text: string): boolean {
  return text !== '' && text.length <= 88 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

function created(exchange: Exchange): void {
  exchange.outgoing.writeHead(201, {
    ...azureHeaders(),
    'content-length': '0',
    'x-ms-request-server-encrypted': 'true',
  });
  exchange.outgoing.end();
}

function refuse(exchange: Exchange, status: number, code: string, message: string): void {
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  exchange.outgoing.writeHead(status, {
    ...azureHeaders(),
    'content-type': 'application/xml',
    'content-length': String(body.length),
    'x-ms-error-code': code,
  });
  exchange.outgoing.end(exchange.method === 'HEAD' ? '' : body);
}

function azureHeaders(): Record<string, string> {
  return {
    etag: `"0x${randomBytes(8).toString('hex').toUpperCase()}"`,
    'last-modified': new Date().toUTCString(),
    'x-ms-request-id': randomUUID(),
    'x-ms-version': '2025-05-05',
  };
}

async function createEmpty(file: string): Promise<void> {
  await rm(file, { force: true });
  await appendFile(file, '');
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
