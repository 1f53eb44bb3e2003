import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BundleOptions, type BundleResult, runBundle } from '@fairway/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Fault, LoopbackApi, refuse } from './api-server.ts';

const action = fileURLToPath(new URL('..', import.meta.url));
const STAGE = '/api/v1/namespaces/stage';
const LEASE = '/apis/coordination.k8s.io/v1/namespaces/stage/leases/fairway.web';
const failing = { 'smoke-test': 'service/web:80/', 'smoke-timeout': '1s' };

let api: LoopbackApi;
let workspace: string;

beforeEach(async () => {
  api = await LoopbackApi.start();
  api.put(STAGE, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'stage' } });
  workspace = mkdtempSync(join(tmpdir(), 'workspace-'));
  mkdirSync(join(workspace, 'deploy'));
});
afterEach(() => api.stop());

/** What the release holds. */
function holds(...items: object[]): void {
  writeFileSync(
    join(workspace, 'deploy/all.json'),
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  );
}
const map = (name: string, value: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { value },
});

function step(
  inputs: BundleOptions['inputs'] = {},
  more: Partial<BundleOptions> = {},
): Promise<BundleResult> {
  const base = { manifests: 'deploy', kubeconfig: api.kubeconfig, release: 'web', 'scale-checks': 'off' };
  return runBundle({ action, workspace, inputs: { ...base, ...inputs }, ...more });
}

/** A signal that cancels the job when something is asked for. */
function cancelledBy(isAsked: (path: string) => boolean): AbortSignal {
  const cancel = new AbortController();
  const looking = setInterval(() => {
    if (!api.requests.some(({ path }) => isAsked(path))) return;
    clearInterval(looking);
    cancel.abort();
  }, 20);
  return cancel.signal;
}

const errors = ({ commands }: BundleResult) =>
  commands.filter(({ name }) => name === 'error').map(({ message }) => message);
const warnings = ({ commands }: BundleResult) =>
  commands.filter(({ name }) => name === 'warning').map(({ message }) => message);
const stored = (name: string) =>
  (api.object(`${STAGE}/configmaps/${name}`)?.data as { value?: string } | undefined)?.value;
const stateOf = (number: number) =>
  (api.object(`${STAGE}/configmaps/fairway.web.v${number}`)?.metadata.labels as Record<string, string>)?.[
    'fairway-ci.github.io/state'
  ];
const once = (method: string, part: string, answer: Fault['answer']): Fault => ({
  when: (request) => request.method === method && request.path.includes(part),
  answer,
});

describe('going back by hand', () => {
  it('goes to the last good release where a bad one was left in its place', async () => {
    for (const value of ['1', '2']) {
      holds(map('a', value));
      await step();
    }
    holds(map('a', '3'));
    expect((await step({ ...failing, rollback: false })).outputs.result).toBe('failed');
    expect(stored('a')).toBe('3');
    const back = await step({ mode: 'rollback' });
    expect(back.outputs).toMatchObject({ result: 'rolled-back', revision: '4' });
    expect(stored('a')).toBe('2');
  });

  it('goes to the one before where the last good one was deployed again since', async () => {
    for (const value of ['1', '2']) {
      holds(map('a', value));
      await step();
    }
    holds(map('a', '3'), map('b', '3'));
    await step({ ...failing, rollback: false });
    holds(map('a', '2'));
    expect((await step()).outputs).toMatchObject({ result: 'deployed', revision: '2', changed: '2' });
    expect([stateOf(3), stored('b')]).toEqual(['undone', undefined]);
    await step({ mode: 'rollback' });
    expect(stored('a')).toBe('1');
  });

  it('goes to the one before where the bad one was undone', async () => {
    for (const value of ['1', '2']) {
      holds(map('a', value));
      await step();
    }
    holds(map('a', '3'));
    expect((await step(failing)).outputs.result).toBe('rolled-back');
    await step({ mode: 'rollback' });
    expect(stored('a')).toBe('1');
  });
});

describe('what was put back by hand', () => {
  it('has to pass the smoke tests as any release', async () => {
    for (const value of ['1', '2']) {
      holds(map('a', value));
      await step();
    }
    const bad = await step({ mode: 'rollback', ...failing });
    expect(bad.outputs).toMatchObject({ result: 'failed', 'previous-revision': '2' });
    expect(bad.outputs.reason).toMatch(
      /Going back to revision 1 failed: the smoke test service\/web:80\/ failed/,
    );
    expect(bad.summary).toContain('service/web:80/');
    api.put(`${STAGE}/services/web:80/proxy/healthz`, { metadata: {} });
    const good = await step({ mode: 'rollback', revision: 1, 'smoke-test': 'service/web:80/healthz' });
    expect(good.outputs, good.log).toMatchObject({ result: 'rolled-back', revision: '4' });
  });
});

it('a login in the address of a smoke test is used, and shown to nobody', async () => {
  holds(map('a', '1'));
  const wanted = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
  const server = createServer((request, response) =>
    response.writeHead(request.headers.authorization === wanted ? 200 : 401).end(),
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const test = (login: string) => ({
    'smoke-test': `http://${login}@127.0.0.1:${port}/`,
    'smoke-timeout': '1s',
  });
  const result = await step(test('me:p%40ss'));
  const refused = await step(test('me:wr%40ng'));
  server.close();
  expect(result.outputs, result.log).toMatchObject({ result: 'deployed' });
  expect(result.masks).toEqual(expect.arrayContaining(['p%40ss', 'p@ss']));
  expect(refused.outputs.reason).toMatch(/smoke test http:\/\/127\.0\.0\.1:\d+\/ failed: HTTP 401/);
  for (const { log, summary } of [result, refused]) expect(log + summary).not.toMatch(/p%40ss|wr%40ng/);
});

describe('an object of another release', () => {
  it('is not taken from it, unless that is asked for', async () => {
    holds(map('shared', '1'));
    await step({ release: 'api' });
    holds(map('a', '1'), map('shared', '2'));
    for (const mode of ['deploy', 'diff']) {
      const refused = await step({ mode });
      expect(errors(refused)).toEqual([
        expect.stringMatching(
          /^ConfigMap shared belongs to another release: api[\s\S]*force-conflicts: true/,
        ),
      ]);
    }
    expect([stored('a'), stored('shared'), stateOf(1)]).toEqual([undefined, '1', undefined]);
    expect((await step({ 'force-conflicts': true })).outputs).toMatchObject({ result: 'deployed' });
    expect(stored('shared')).toBe('2');
    expect((await step()).outputs).toMatchObject({ result: 'unchanged' });
  });
});

describe('a job that is cancelled', () => {
  it('in its smoke tests has not failed them', async () => {
    holds(map('a', '1'));
    await step();
    holds(map('a', '2'));
    const signal = cancelledBy((path) => path.includes('/services/web:80/proxy/'));
    const result = await step({ ...failing, 'smoke-timeout': '1m' }, { signal });
    expect(errors(result)).toEqual([expect.stringMatching(/^The smoke tests were interrupted/)]);
    expect(stateOf(2)).toBe('interrupted');
    expect(stored('a')).toBe('2');
    await step({ mode: 'rollback' });
    expect(stored('a')).toBe('1');
  });

  it('while it waits for another run begins nothing', async () => {
    holds(map('a', '1'));
    await step();
    holds(map('a', '2'));
    const spec = {
      holderIdentity: 'run 7',
      leaseDurationSeconds: 30,
      renewTime: new Date().toISOString(),
    };
    api.put(LEASE, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'fairway.web', namespace: 'stage' },
      spec,
    });
    const seen = api.requests.length;
    const signal = cancelledBy((path) => api.requests.length > seen && path === LEASE);
    const result = await step({}, { signal });
    expect(errors(result)).toEqual([expect.stringMatching(/cancelled before anything was changed/)]);
    expect(result.outputs.reason).toMatch(/cancelled before anything was changed/);
    expect([stateOf(2), stored('a')]).toEqual([undefined, '1']);
  });
});

describe('what earlier releases have left', () => {
  const monitor = { apiVersion: 'monitoring.x.io/v1', kind: 'Monitor', metadata: { name: 'm' } };
  const serve = (isThere: boolean) => {
    const answer = (response: ServerResponse) =>
      response
        .writeHead(200)
        .end(JSON.stringify({ resources: [{ name: 'monitors', kind: 'Monitor', namespaced: true }] }));
    api.faults.length = 0;
    if (isThere)
      for (let i = 0; i < 4; i++)
        api.faults.push({ when: ({ path }) => path === '/apis/monitoring.x.io/v1', answer });
  };

  it('of a kind that the cluster no longer has is gone with it', async () => {
    serve(true);
    holds(map('a', '1'), {
      ...monitor,
      metadata: { ...monitor.metadata, annotations: { 'fairway-ci.github.io/wait': 'false' } },
    });
    const first = await step();
    expect(first.outputs, first.log).toMatchObject({ result: 'deployed' });
    serve(false);
    holds(map('a', '2'));
    for (const prune of [false, true]) {
      const next = await step({ prune });
      expect(errors(next)).toEqual([]);
      expect(next.exitCode).toBe(0);
    }
  });

  it.each(['GET', 'DELETE'])(
    'and this account may no longer touch (%s) stays, with a warning',
    async (method) => {
      holds(map('a', '1'), map('b', '1'));
      await step();
      holds(map('a', '2'));
      api.faults.push(once(method, '/configmaps/b', refuse(403, 'Forbidden', 'configmaps "b" is forbidden')));
      const result = await step({ prune: true });
      expect(errors(result)).toEqual([]);
      expect(result.outputs).toMatchObject({ result: 'deployed', revision: '2' });
      expect(warnings(result)).toEqual([expect.stringMatching(/ConfigMap b was to be deleted, and stays/)]);
      expect(stored('b')).toBe('1');
    },
  );
});

describe('a bad release', () => {
  it('whose way back is broken off still says why it is bad', async () => {
    holds(map('a', '1'));
    await step();
    holds(map('a', '2'));
    let isBad = false;
    const expired = refuse(401, 'Unauthorized', 'the token has expired');
    api.faults.push(
      once('GET', '/services/web:80/proxy/', (response) => {
        isBad = true;
        refuse(500, 'InternalError', 'out of order')(response);
      }),
    );
    for (let i = 0; i < 12; i++)
      api.faults.push({
        when: ({ method, path }) => isBad && method === 'GET' && path.endsWith('/configmaps/a'),
        answer: expired,
      });
    const result = await step({ ...failing, 'smoke-timeout': '500ms' });
    expect(errors(result)).toEqual([
      expect.stringMatching(
        /smoke test service\/web:80\/ failed: HTTP 500[\s\S]*way back was broken off[\s\S]*expired/,
      ),
    ]);
    expect(result.outputs).toMatchObject({ result: 'failed', 'previous-revision': '1' });
    expect(result.outputs.reason).toMatch(/^the smoke test/);
    expect(result.outputs['rollback-command']).toContain('fairway.web.v1');
    expect(result.summary).toContain('broken off');
  });
});

describe('an object that is being deleted', () => {
  it('is made anew when it is gone, since what is applied to it would go with it', async () => {
    holds(map('a', '1'), map('b', '1'));
    await step();
    const path = `${STAGE}/configmaps/b`;
    const leaving = api.object(path);
    api.put(path, {
      ...leaving,
      metadata: {
        ...leaving?.metadata,
        deletionTimestamp: '2026-01-01T00:00:00Z',
        finalizers: ['x.io/slow'],
      },
    });
    const seen = api.requests.length;
    const finishing = setInterval(() => {
      const looks = api.requests.slice(seen).filter((one) => one.method === 'GET' && one.path === path);
      if (looks.length > 2 && api.object(path)?.metadata.deletionTimestamp) api.remove(path);
    }, 20);
    holds(map('a', '2'), map('b', '1'));
    const result = await step();
    clearInterval(finishing);
    expect(result.outputs, result.log).toMatchObject({ result: 'deployed', changed: '2' });
    expect(stored('b')).toBe('1');
    expect(api.object(path)?.metadata.deletionTimestamp).toBeUndefined();
  });
});

describe('a manifest', () => {
  const elsewhere = {
    ...map('web', '1'),
    apiVersion: 'apps/v1/namespaces/other/deployments/web?x=',
    kind: 'Deployment',
  };
  it.each([
    ['whose apiVersion leads to another namespace', elsewhere, /apiVersion 'apps\/v1\/namespaces\/other/],
    ['whose name leads out of its place', map('..', '1'), /a name or namespace that no object can have/],
    [
      'whose namespace is no text',
      { ...map('a', '1'), metadata: { name: 'a', namespace: { toString: 'x' } } },
      /a name or namespace that no object can have/,
    ],
  ])('%s is refused, and nothing is asked of the cluster', async (_, object, message) => {
    holds(object);
    for (const mode of ['diff', 'deploy']) {
      const result = await step({ mode });
      expect(errors(result)).toEqual([expect.stringMatching(message)]);
    }
    expect(api.requests).toEqual([]);
  });
});

it('a line in a watch that is no event ends that watch, and not the run', async () => {
  const labels = { app: 'a' };
  const slow = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'slow' },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } },
  };
  holds(slow);
  for (let i = 0; i < 4; i++) {
    api.faults.push(
      once('GET', 'watch=true', (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('<html>upstream connect error</html>\n');
      }),
    );
  }
  const path = '/apis/apps/v1/namespaces/stage/deployments/slow';
  const readying = setInterval(() => {
    const object = api.object(path);
    if (!object || object.status || api.faults.length > 0) return;
    const status = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
    api.put(path, { ...object, status });
  }, 50);
  const result = await step({ timeout: '20s' });
  clearInterval(readying);
  expect(result.outputs, result.log).toMatchObject({ result: 'deployed' });
});
