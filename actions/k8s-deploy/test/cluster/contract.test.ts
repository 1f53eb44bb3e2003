import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer as createProxy } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KubeClient } from '../../src/cluster/client.ts';
import { Connection } from '../../src/cluster/connection.ts';
import { builtIn, type Resource } from '../../src/cluster/kinds.ts';
import { type Access, readKubeconfig } from '../../src/cluster/kubeconfig.ts';
import { type Change, follow } from '../../src/cluster/watch.ts';
import { LoopbackApi, refuse } from '../api-server.ts';
import { configMap } from '../objects.ts';

const MAPS = '/api/v1/namespaces/stage/configmaps';
const resource = builtIn('v1', 'ConfigMap') as Resource;

let api: LoopbackApi;
let client: KubeClient;

beforeEach(async () => {
  api = await LoopbackApi.start();
  client = new KubeClient(new Connection(await readKubeconfig(api.kubeconfig, '', '/')));
});
afterEach(() => api.stop());

const map = (name: string, value = '') => ({
  ...configMap(name, { value }),
  metadata: { name, namespace: 'stage' },
});

describe('requests', () => {
  it('waits as long as a 429 asks, and tries again', async () => {
    api.faults.push({
      when: () => true,
      answer: refuse(429, 'TooManyRequests', 'slow down', { 'retry-after': '0' }),
    });
    api.put(`${MAPS}/a`, map('a'));
    expect(
      (await client.get({ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', namespace: 'stage' }))?.metadata
        .name,
    ).toBe('a');
    expect(api.requests).toHaveLength(2);
  });

  it('gets a new credential after a 401, once', async () => {
    const access = await readKubeconfig(api.kubeconfig, '', '/');
    const asked: boolean[] = [];
    const credential = async (renew: boolean) => {
      asked.push(renew);
      return { token: renew ? 'fresh' : 'stale' };
    };
    const renewing = new KubeClient(new Connection({ ...access, credential }));
    const stale = { when: () => true, answer: refuse(401, 'Unauthorized', 'Unauthorized') };
    api.faults.push(stale);
    expect((await renewing.list(resource, 'stage')).items).toEqual([]);
    expect(api.requests.map(({ authorization }) => authorization)).toEqual(['Bearer stale', 'Bearer fresh']);
    api.faults.push(stale, stale);
    await expect(renewing.list(resource, 'stage')).rejects.toMatchObject({ status: 401, remedy: /expired/ });
  });

  it('repeats what is idempotent when the connection breaks', async () => {
    await client.list(resource, 'stage');
    api.faults.push({ when: ({ method }) => method === 'PATCH', answer: (response) => response.destroy() });
    await client.apply(map('a', '1'), { force: false });
    expect(api.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(2);
  });

  it('does not repeat a POST that may have been carried out', async () => {
    await client.list(resource, 'stage');
    api.faults.push({ when: ({ method }) => method === 'POST', answer: (response) => response.destroy() });
    await expect(client.create(map('a'))).rejects.toMatchObject({ code: 'unreachable' });
    expect(api.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('reads again what broke off in the middle of an answer', async () => {
    api.put(`${MAPS}/a`, map('a'));
    await client.list(resource, 'stage');
    api.faults.push({
      when: () => true,
      answer: (response) => {
        response.writeHead(200, { 'content-length': '1000' }).write('{"items": [');
        setTimeout(() => response.destroy(), 20);
      },
    });
    expect((await client.list(resource, 'stage')).items).toHaveLength(1);
  });

  it.each([
    ['a proxy whose server is away', refuse(502, '', 'bad gateway')],
    ['a server that is about to stop', refuse(503, 'ServiceUnavailable', 'shutting down')],
    ['a storage that changes its leader', refuse(500, 'InternalError', 'etcdserver: leader changed')],
  ])('%s is asked again, also for a change that can be repeated', async (_, answer) => {
    api.faults.push({ when: ({ method }) => method === 'PATCH', answer });
    await client.apply(map('a', '1'), { force: false });
    expect(api.object(`${MAPS}/a`)?.data).toEqual({ value: '1' });
  });

  it('a manifest that the server fails at is not tried again', async () => {
    const refusal = refuse(500, 'InternalError', 'failed to create typed patch object');
    api.faults.push({ when: ({ method }) => method === 'PATCH', answer: refusal });
    await expect(client.apply(map('a', '1'), { force: false })).rejects.toMatchObject({ status: 500 });
    expect(api.requests).toHaveLength(1);
  });

  it('believes a refusal only when the server has been up for a while', async () => {
    await client.list(resource, 'stage');
    api.faults.push({ when: () => true, answer: (response) => response.destroy() });
    api.faults.push({ when: () => true, answer: refuse(403, 'Forbidden', 'RBAC: role not found') });
    expect((await client.list(resource, 'stage')).items).toEqual([]);
    const settled = new KubeClient(new Connection(await readKubeconfig(api.kubeconfig, '', '/')));
    api.faults.push({ when: () => true, answer: refuse(403, 'Forbidden', 'may not') });
    await expect(settled.list(resource, 'stage')).rejects.toMatchObject({ status: 403 });
  });

  it('begins a list again whose next page has become too old', async () => {
    api.put(`${MAPS}/a`, map('a'));
    const page = { kind: 'List', metadata: { continue: 'more' }, items: [map('gone')] };
    api.faults.push({
      when: () => true,
      answer: (response) => response.writeHead(200).end(JSON.stringify(page)),
    });
    api.faults.push({
      when: ({ path }) => path.includes('continue=more'),
      answer: refuse(410, 'Expired', 'too old'),
    });
    const { items } = await client.list(resource, 'stage');
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['a']);
  });

  it('keeps the reason and the causes of a refusal', async () => {
    api.faults.push({
      when: () => true,
      answer: refuse(403, 'Forbidden', 'pods is forbidden: exceeded quota: q'),
    });
    await expect(client.apply(map('a'), { force: false })).rejects.toMatchObject({
      message: 'Applying ConfigMap a: pods is forbidden: exceeded quota: q',
      reason: 'Forbidden',
      remedy: /ResourceQuota/,
    });
  });

  it('quotes in short what is no Status', async () => {
    const page = `<html>${'Bad gateway '.repeat(100)}</html>`;
    api.faults.push({ when: () => true, answer: (response) => response.writeHead(502).end(page) });
    const error = await client.list(resource, 'stage').catch((thrown: Error) => thrown);
    expect(String(error).length).toBeLessThan(400);
  });
});

describe('follow', () => {
  async function watching(
    body: (seen: string[], until: (text: string) => Promise<void>) => Promise<void>,
  ): Promise<string[]> {
    const stop = new AbortController();
    const seen: string[] = [];
    const take = (change: Change) => {
      if (change.type === 'all')
        seen.push(`all:${change.objects.map(({ metadata }) => metadata.name).join('+')}`);
      else seen.push(`${change.type}:${change.object.metadata.name}`);
    };
    const until = async (text: string) => {
      while (!seen.includes(text)) await new Promise((done) => setTimeout(done, 5));
    };
    const done = follow(client, { resource, namespace: 'stage' }, stop.signal, take);
    await body(seen, until);
    stop.abort();
    await done;
    return seen;
  }

  it('goes on where it was after a dropped connection', async () => {
    api.put(`${MAPS}/a`, map('a'));
    const seen = await watching(async (_, until) => {
      await until('all:a');
      api.put(`${MAPS}/b`, map('b'));
      await until('set:b');
      api.dropWatches();
      api.put(`${MAPS}/c`, map('c'));
      api.remove(`${MAPS}/a`);
      await until('gone:a');
    });
    expect(seen).toEqual(['all:a', 'set:b', 'set:c', 'gone:a']);
  });

  it('believes a server that forgets who may watch, for a moment', async () => {
    api.put(`${MAPS}/a`, map('a'));
    const seen = await watching(async (_, until) => {
      await until('all:a');
      const isWatch = ({ path }: { path: string }) => path.includes('watch=true');
      for (let time = 0; time < 3; time++)
        api.faults.push({ when: isWatch, answer: refuse(403, 'Forbidden', 'RBAC: role not found') });
      api.dropWatches();
      api.put(`${MAPS}/b`, map('b'));
      await until('set:b');
    });
    expect(seen).toEqual(['all:a', 'set:b']);
  });

  it('begins again when the history is gone (410)', async () => {
    api.put(`${MAPS}/a`, map('a'));
    const seen = await watching(async (_, until) => {
      await until('all:a');
      api.put(`${MAPS}/b`, map('b'));
      api.dropWatches(true);
      await until('all:a+b');
    });
    expect(seen.filter((text) => text.startsWith('all'))).toEqual(['all:a', 'all:a+b']);
  });

  it('ends with the reason when it may not watch', async () => {
    const denied = { when: () => true, answer: refuse(403, 'Forbidden', 'cannot list configmaps') };
    api.faults.push(denied);
    const watch = follow(
      client,
      { resource, namespace: 'stage' },
      new AbortController().signal,
      () => undefined,
    );
    await expect(watch).rejects.toMatchObject({ reason: 'Forbidden' });
  });
});

describe('over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  const subject = ['-subj', '/CN=k8s', '-addext', 'subjectAltName=DNS:k8s.internal,IP:127.0.0.1'];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '1',
      '-keyout',
      'key',
      '-out',
      'cert',
      ...subject,
    ],
    { cwd: folder, stdio: 'ignore' },
  );
  const [key, cert] = ['key', 'cert'].map((name) => readFileSync(join(folder, name)));

  async function served<T>(
    body: (access: Access, names: string[], callers: (number | undefined)[]) => Promise<T>,
  ): Promise<T> {
    const names: string[] = [];
    const callers: (number | undefined)[] = [];
    const server = createServer({ key, cert }, (_, response) =>
      response.end('{"items":[],"metadata":{"resourceVersion":"1"}}'),
    );
    server.on('connection', (socket) => callers.push((socket as Socket).remotePort));
    server.on('secureConnection', (socket) => names.push(String(socket.servername)));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const credential = async () => ({ token: 't' });
    const access = {
      server: new URL(`https://127.0.0.1:${port}`),
      namespace: 'n',
      ca: cert,
      serverName: undefined,
      skipVerify: false,
      proxy: undefined,
      credential,
    };
    try {
      return await body(access, names, callers);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
  const list = (access: Access) => new KubeClient(new Connection(access)).list(resource, 'n');

  it('trusts the kubeconfig’s authority, under the name that it gives', async () => {
    await served(async (access, names) => {
      expect((await list(access)).resourceVersion).toBe('1');
      await list({ ...access, serverName: 'k8s.internal' });
      expect(names).toContain('k8s.internal');
    });
  });

  it('says what is wrong with a certificate, at once', async () => {
    await served(async (access) => {
      await expect(list({ ...access, ca: undefined })).rejects.toMatchObject({
        code: 'unreachable',
        remedy: /certificate-authority-data/,
      });
    });
  });

  it('goes through the proxy that the kubeconfig names, in one tunnel for request after request', async () => {
    const asked: string[] = [];
    const inside = new Set<number | undefined>();
    const tunnels: Duplex[] = [];
    const proxy = createProxy().on('connect', (request, socket) => {
      asked.push(String(request.url));
      tunnels.push(socket);
      socket.on('error', () => {});
      const [host = '', port = ''] = String(request.url).split(':');
      const inner = connect(Number(port), host, () => {
        inside.add(inner.localPort);
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        inner.pipe(socket).pipe(inner);
      });
      inner.on('error', () => {});
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    await served(async (access, _names, callers) => {
      const client = new KubeClient(new Connection({ ...access, proxy: address }));
      for (let i = 0; i < 3; i++) expect((await client.list(resource, 'n')).resourceVersion).toBe('1');
      expect(asked).toEqual([access.server.host]);
      // A proxy is there because there is no other way.
      expect(callers.filter((port) => !inside.has(port))).toEqual([]);
      // One that breaks is as any connection that breaks: another takes its place.
      for (const tunnel of tunnels) tunnel.destroy();
      expect((await client.list(resource, 'n')).resourceVersion).toBe('1');
      expect(asked).toHaveLength(2);
    });
    proxy.closeAllConnections();
    proxy.close();
  });

  it('says which proxy refuses', async () => {
    const proxy = createProxy().on('connect', (_request, socket) => {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
    const { port } = proxy.address() as AddressInfo;
    await served(async (access) => {
      const through = { ...access, proxy: `http://127.0.0.1:${port}` };
      await expect(list(through)).rejects.toMatchObject({
        code: 'unreachable',
        message: expect.stringContaining(`the proxy 127.0.0.1:${port} answered 407`),
      });
    });
    proxy.close();
  });
});
