import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface S3Store {
  readonly endpoint: string;
  readonly objects: Map<string, { bytes: Buffer; contentType: string }>;
  /** Answers the next requests with this status instead. */
  failWith(status: number | undefined): void;
}

/**
 * A bucket in memory that, as S3 does, computes the signature of each request anew (Signature Version 4,
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html) and refuses one
 * that differs, or a body whose checksum does.
 */
export async function startS3Store(options: { bucket: string; secret: string }): Promise<S3Store> {
  const objects: S3Store['objects'] = new Map();
  let failure: number | undefined;
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const answer = (status: number, bytes: Buffer | string = '', contentType = 'application/xml') => {
      response.writeHead(status, {
        'content-type': contentType,
        'content-length': String(Buffer.byteLength(bytes)),
      });
      response.end(bytes);
    };
    if (failure !== undefined) return answer(failure, '<Error><Code>Broken</Code></Error>');
    if (!signatureMatches(request, body, options.secret)) {
      return answer(403, '<Error><Code>SignatureDoesNotMatch</Code></Error>');
    }
    const [, bucket, key] = /^\/([^/]+)\/?(.*)$/.exec(request.url ?? '') ?? [];
    if (bucket !== options.bucket) return answer(404, '<Error><Code>NoSuchBucket</Code></Error>');
    if (!key) return answer(200);
    if (request.method === 'PUT') {
      objects.set(key, { bytes: body, contentType: request.headers['content-type'] ?? '' });
      return answer(200);
    }
    if (request.method === 'DELETE') {
      objects.delete(key);
      return answer(204);
    }
    const object = objects.get(key);
    if (!object) return answer(404, '<Error><Code>NoSuchKey</Code></Error>');
    return answer(200, object.bytes, object.contentType);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    objects,
    failWith: (status) => {
      failure = status;
    },
  };
}

function signatureMatches(request: IncomingMessage, body: Buffer, secret: string): boolean {
  const authorization =
    /Credential=[^/]+\/(\d{8})\/([^/]+)\/s3\/aws4_request, *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})/.exec(
      request.headers.authorization ?? '',
    );
  if (!authorization) return false;
  const [, date = '', region = '', signedHeaders = '', signature] = authorization;
  const checksum = String(request.headers['x-amz-content-sha256']);
  if (checksum !== 'UNSIGNED-PAYLOAD' && checksum !== sha256(body)) return false;
  const url = new URL(request.url ?? '', 'http://store');
  const canonical = [
    request.method,
    url.pathname,
    url.search.slice(1),
    ...signedHeaders.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}`),
    '',
    signedHeaders,
    checksum,
  ].join('\n');
  const scope = `${date}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = [date, region, 's3', 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${secret}`);
  return hmac(key, toSign).toString('hex') === signature;
}

const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer | string, data: string): Buffer => createHmac('sha256', key).update(data).digest();
