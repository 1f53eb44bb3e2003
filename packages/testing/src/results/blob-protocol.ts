import { randomBytes, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Exchange } from '../loopback/server.js';
import { type BlobGrant, type BlobStore, blobPath } from './blob-store.js';

/** Whether the request is for the blob storage. */
export function isBlobRequest(url: URL): boolean {
  return url.pathname.startsWith(blobPath);
}

/**
 * Speaks to `@azure/storage-blob` as Azure's block-blob service does: Put Blob, Put Block, Put Block List, Get Blob
 * with a range. A URL carries a signature for reading or for writing, and nothing answers without it.
 * Source: https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api
 */
export async function handleBlob(store: BlobStore, exchange: Exchange): Promise<void> {
  const { method, url } = exchange;
  const grant = store.grant(url.searchParams.get('sig') ?? '');
  const wanted = method === 'PUT' ? 'write' : 'read';
  if (!grant || url.pathname !== `${blobPath}${grant.id}` || grant.access !== wanted) {
    return refuse(exchange, 403, 'AuthenticationFailed', 'The signature does not allow this request.');
  }
  if (method === 'PUT') return put(store, exchange, grant.id);
  if (method === 'GET' || method === 'HEAD') return get(store, exchange, grant);
  return refuse(exchange, 405, 'UnsupportedHttpVerb', `${method} is not part of this service.`);
}

async function put(store: BlobStore, exchange: Exchange, id: string): Promise<void> {
  const { url, headers, incoming } = exchange;
  const type = headers['x-ms-blob-content-type'];
  const contentType = typeof type === 'string' ? type : 'application/octet-stream';
  switch (url.searchParams.get('comp')) {
    case 'block': {
      const blockId = url.searchParams.get('blockid') ?? '';
      if (!isBlockId(blockId))
        return refuse(exchange, 400, 'InvalidQueryParameterValue', 'blockid must be Base64.');
      await store.putBlock(id, blockId, incoming);
      return created(exchange);
    }
    case 'blocklist': {
      const complete = await store.commitBlocks(id, blockList(await exchange.text()), contentType);
      return complete
        ? created(exchange)
        : refuse(exchange, 400, 'InvalidBlockList', 'The block list is invalid.');
    }
    default:
      if (headers['x-ms-blob-type'] !== 'BlockBlob') {
        return refuse(exchange, 400, 'InvalidHeaderValue', 'x-ms-blob-type must be BlockBlob.');
      }
      await store.putWhole(id, incoming, contentType);
      return created(exchange);
  }
}

async function get(store: BlobStore, exchange: Exchange, grant: BlobGrant): Promise<void> {
  const blob = store.find(grant.id);
  if (!blob) return refuse(exchange, 404, 'BlobNotFound', 'The specified blob does not exist.');
  const asked = exchange.headers['x-ms-range'] ?? exchange.headers.range;
  const range = byteRange(typeof asked === 'string' ? asked : undefined, blob.size);
  if (range === 'unsatisfiable')
    return refuse(exchange, 416, 'InvalidRange', 'The range is invalid for the size.');
  const { start, end } = range ?? { start: 0, end: blob.size - 1 };
  exchange.outgoing.writeHead(range ? 206 : 200, {
    ...azureHeaders(),
    'content-type': blob.contentType,
    'content-length': String(end - start + 1),
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(grant.fileName)}`,
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

/** Parses a `Range: bytes=a-b` header against a size in bytes; undefined when there is none. */
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
  return text.length <= 88 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

function created(exchange: Exchange): void {
  exchange.outgoing.writeHead(201, { ...azureHeaders(), 'content-length': '0' });
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
