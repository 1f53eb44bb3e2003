import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { parseImageName } from '../src/image-name.js';
import { openRegistry, type Registry } from '../src/open.js';

let server: Server | undefined;
let registry: Registry | undefined;

/** A registry on loopback that answers as `handle` does, and the requests that came. */
async function open(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string[]> {
  const asked: string[] = [];
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      asked.push(`${request.method} ${(request.url ?? '').replace(/sha256(:|%3A)[0-9a-f]+/, 'DIGEST')}`);
      handle(request, response);
    });
  });
  await new Promise<void>((ready) => server?.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  registry = await openRegistry(parseImageName(`127.0.0.1:${port}/acme/app`), undefined, true, 2);
  return asked;
}

afterEach(() => {
  registry?.close();
  server?.close();
  server?.closeAllConnections();
});

describe('a small blob', () => {
  it('is there where only the answer to its upload was lost', async () => {
    let stored = false;
    const asked = await open(({ method }, response) => {
      if (method === 'HEAD') response.writeHead(stored ? 200 : 404).end();
      else if (method === 'POST') response.writeHead(202, { location: '/v2/acme/app/blobs/uploads/1' }).end();
      else {
        stored = true;
        response.destroy();
      }
    });
    expect(await registry?.repository.putBlob('{}')).toMatch(/^sha256:44136fa3/);
    expect(asked).toEqual([
      'HEAD /v2/acme/app/blobs/DIGEST',
      'POST /v2/acme/app/blobs/uploads/',
      'PUT /v2/acme/app/blobs/uploads/1?digest=DIGEST',
      'HEAD /v2/acme/app/blobs/DIGEST',
    ]);
  });

  it('is sent anew, from the beginning, where the upload broke', async () => {
    let uploads = 0;
    const asked = await open(({ method }, response) => {
      if (method === 'HEAD') response.writeHead(404).end();
      else if (method === 'POST')
        response.writeHead(202, { location: `/v2/acme/app/blobs/uploads/${++uploads}` }).end();
      else response.writeHead(uploads === 1 ? 404 : 201).end();
    });
    await registry?.repository.putBlob('{}');
    expect(asked.filter((one) => one.startsWith('PUT'))).toEqual([
      'PUT /v2/acme/app/blobs/uploads/1?digest=DIGEST',
      'PUT /v2/acme/app/blobs/uploads/2?digest=DIGEST',
    ]);
  });

  it('that may not be sent is said at once', async () => {
    await open(({ method }, response) => response.writeHead(method === 'HEAD' ? 404 : 403).end());
    await expect(registry?.repository.putBlob('{}')).rejects.toMatchObject({ code: 'registry-denied' });
  });
});

describe('what refers to a digest', () => {
  const digest = `sha256:${'a'.repeat(64)}`;

  it('is unknown where the registry cannot answer now, which is not the same as nothing', async () => {
    await open((_, response) => response.writeHead(503, { 'retry-after': '0' }).end());
    await expect(registry?.repository.referrers(digest)).rejects.toMatchObject({
      code: 'registry-refused',
      message: expect.stringContaining('503'),
    });
  });

  it('is no list where the registry does not know the question', async () => {
    await open((_, response) => response.writeHead(404).end());
    expect(await registry?.repository.referrers(digest)).toBeUndefined();
  });
});
