import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseImageName } from '../src/image-name.js';
import { openRegistry, type Registry } from '../src/open.js';

let server: Server | undefined;
let registry: Registry | undefined;

/** Of a server that listens on loopback. */
function portOf(one: Server | undefined): number {
  return (one?.address() as AddressInfo | null)?.port ?? 0;
}

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
  const port = portOf(server);
  registry = await openRegistry(parseImageName(`127.0.0.1:${port}/acme/app`), undefined, true, 2);
  return asked;
}

afterEach(() => {
  vi.unstubAllEnvs();
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

  const page = (number: number) => JSON.stringify({ manifests: [], annotations: { page: `${number}` } });

  it.each([
    ['relative to the host', `/v2/acme/app/referrers/${digest}?token=p2`],
    ['relative to the page', '?token=p2'],
  ])('is listed over several pages, by a link that is %s', async (_, link) => {
    const asked = await open(({ url }, response) => {
      const first = !url?.includes('p2');
      response.writeHead(200, first ? { link: `<${link}>; rel="next"` } : {}).end(page(first ? 1 : 2));
    });
    expect(await registry?.repository.referrers(digest)).toEqual([page(1), page(2)]);
    expect(asked).toEqual([
      'GET /v2/acme/app/referrers/DIGEST',
      'GET /v2/acme/app/referrers/DIGEST?token=p2',
    ]);
  });

  it.each([404, 500, 401])(
    'is not taken for whole where a later page is answered with %s',
    async (status) => {
      await open(({ url }, response) => {
        if (url?.includes('p2')) response.writeHead(status, { 'retry-after': '0' }).end();
        else response.writeHead(200, { link: '<?token=p2>; rel="next"' }).end(page(1));
      });
      await expect(registry?.repository.referrers(digest)).rejects.toMatchObject({
        code: status === 401 ? 'registry-denied' : 'registry-refused',
      });
    },
  );

  it('is not taken for whole where the list has no end', async () => {
    await open((_, response) => response.writeHead(200, { link: '<?token=p2>; rel="next"' }).end(page(1)));
    await expect(registry?.repository.referrers(digest)).rejects.toMatchObject({
      code: 'registry-endless',
    });
  });

  it('is no list where the registry does not know the question', async () => {
    await open((_, response) => response.writeHead(404).end());
    expect(await registry?.repository.referrers(digest)).toBeUndefined();
  });
});

it('who is known to the registry is so too where its name has the usual port', async () => {
  const given: (string | undefined)[] = [];
  await open(({ headers }, response) => {
    given.push(headers.authorization);
    response.writeHead(headers.authorization ? 200 : 401, { 'www-authenticate': 'Basic' }).end('{}');
  });
  server?.on('connect', (_, socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    server?.emit('connection', socket);
  });
  vi.stubEnv('http_proxy', `http://127.0.0.1:${portOf(server)}`);
  const login = { registry: 'registry.test:80', username: 'acme', password: 'pw' };
  registry?.close();
  registry = await openRegistry(parseImageName('registry.test:80/acme/app'), login, true, 1);
  await registry.repository.tags();
  expect(given).toEqual([undefined, `Basic ${Buffer.from('acme:pw').toString('base64')}`]);
});

it('shows its login to no other server, not even to one of the same host', async () => {
  const given: (string | undefined)[] = [];
  const storage = createServer(({ url, headers }, response) => {
    given.push(headers.authorization);
    const realm = `http://${headers.host}/token`;
    if (url === '/asks') response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end();
    else response.end('stored');
  });
  await new Promise<void>((ready) => storage.listen(0, '127.0.0.1', ready));
  let at = `http://127.0.0.1:${portOf(storage)}/blob`;
  await open(({ headers }, response) => {
    if (headers.authorization === undefined) response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
    else response.writeHead(307, { location: at }).end();
  });
  const port = portOf(server);
  const name = parseImageName(`127.0.0.1:${port}/acme/app`);
  registry?.close();
  const login = { registry: name.registry, username: 'acme', password: 'pw' };
  registry = await openRegistry(name, login, true, 1);
  expect(await registry.repository.blob(`sha256:${'a'.repeat(64)}`)).toBe('stored');
  at = at.replace('/blob', '/asks');
  await expect(registry.repository.blob(`sha256:${'a'.repeat(64)}`)).rejects.toMatchObject({
    code: 'registry-denied',
  });
  expect(given).toEqual([undefined, undefined]);
  storage.close();
  storage.closeAllConnections();
});

it('asks again where the token service fails for a moment, which is no refusal', async () => {
  let asked = 0;
  await open(({ url, headers }, response) => {
    const port = portOf(server);
    const challenge = `Bearer realm="http://127.0.0.1:${port}/token",service="registry"`;
    if (url?.startsWith('/token'))
      response.writeHead(++asked === 1 ? 503 : 200, { 'retry-after': '0' }).end('{"token":"t"}');
    else if (headers.authorization === 'Bearer t') response.end('{"tags":["1.0.0"]}');
    else response.writeHead(401, { 'www-authenticate': challenge }).end();
  });
  expect(await registry?.repository.tags()).toEqual(['1.0.0']);
  expect(asked).toBe(2);
});

it('reads tags to their end, and does not take a part for all of them', async () => {
  await open(({ url }, response) => {
    if (!url?.includes('last'))
      response.writeHead(200, { link: '<?last=a>; rel="next"' }).end('{"tags":["a"]}');
    else response.writeHead(404).end();
  });
  await expect(registry?.repository.tags()).rejects.toMatchObject({ code: 'registry-refused' });
});
