import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type BundleOptions, runBundle } from '@fairway/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applySetId, PART_OF, parentRef } from '../../src/apply/apply-set.ts';
import { LoopbackApi, refuse } from '../api-server.ts';

const action = fileURLToPath(new URL('../..', import.meta.url));
const STAGE = '/api/v1/namespaces/stage';
const NODE = '/api/v1/nodes/n1';
const owned = { [PART_OF]: applySetId(parentRef('web', 'stage')) };

let api: LoopbackApi;
let app: Server;
let address: string;
/** Answers 503 while fewer pods than two are there. */
let careless: boolean;
let controller: NodeJS.Timeout;
let made = 0;

const pods = () => api.paths().filter((path) => path.startsWith(`${STAGE}/pods/`));
const isClosed = () =>
  (api.object(NODE)?.spec as { unschedulable?: boolean } | undefined)?.unschedulable === true;

function makePod(node = 'n1'): void {
  const name = `web-${++made}`;
  api.put(`${STAGE}/pods/${name}`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'stage',
      uid: `uid-${name}`,
      creationTimestamp: new Date().toISOString(),
      labels: { app: 'web', 'pod-template-hash': 'one' },
      ownerReferences: [{ kind: 'ReplicaSet', name: 'web-one', uid: 'set' }],
    },
    spec: { nodeName: node },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  });
}

function makeCluster(replicas: number): void {
  const labels = { app: 'web' };
  const revision = { 'deployment.kubernetes.io/revision': '1' };
  api.put('/apis/apps/v1/namespaces/stage/deployments/web', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'stage',
      uid: 'web',
      labels: owned,
      annotations: revision,
      generation: 1,
    },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web' }] } },
    },
    status: { observedGeneration: 1, replicas, updatedReplicas: replicas, availableReplicas: replicas },
  });
  api.put('/apis/apps/v1/namespaces/stage/replicasets/web-one', {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: 'web-one',
      namespace: 'stage',
      uid: 'set',
      annotations: revision,
      ownerReferences: [{ kind: 'Deployment', name: 'web', uid: 'web' }],
    },
  });
  api.put(`${STAGE}/services/web`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'stage', labels: owned },
    spec: { selector: labels, ports: [{ port: 80 }] },
  });
  api.put(NODE, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n1' },
    spec: {},
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
  for (let n = 0; n < replicas; n++) makePod();
  // As a ReplicaSet's controller and a scheduler would: no pod comes back to a closed node.
  controller = setInterval(() => {
    if (pods().length < replicas && !isClosed()) makePod();
  }, 200);
}

/** As the API server evicts. */
function evictInstead(): void {
  api.faults.push({
    when: ({ method, path }) => method === 'POST' && path.endsWith('/eviction'),
    answer: (response) => {
      const asked = api.requests.findLast(({ path }) => path.endsWith('/eviction'))?.path ?? '';
      api.remove(asked.replace(/\/eviction$/, ''));
      response
        .writeHead(201, { 'content-type': 'application/json' })
        .end('{"kind":"Status","status":"Success"}');
    },
  });
}

beforeEach(async () => {
  api = await LoopbackApi.start();
  api.allowed = true;
  careless = false;
  made = 0;
  app = createServer((_, response) => {
    response.statusCode = careless && pods().length < 2 ? 503 : 200;
    response.end('ok');
  });
  await new Promise<void>((done) => app.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(app.address() as AddressInfo).port}/`;
});
afterEach(async () => {
  clearInterval(controller);
  app.closeAllConnections();
  app.close();
  await api.stop();
});

const drill = (inputs: BundleOptions['inputs'] = {}, more: Partial<BundleOptions> = {}) =>
  runBundle({
    action,
    inputs: {
      mode: 'drill',
      kubeconfig: api.kubeconfig,
      release: 'web',
      'smoke-test': address,
      'drill-duration': '1s',
      timeout: '20s',
      ...inputs,
    },
    ...more,
  });

describe('a drill', { timeout: 60_000 }, () => {
  it('that loses nothing passes; what it closed is open again', async () => {
    makeCluster(2);
    evictInstead();
    const before = pods();
    const result = await drill({ 'drill-pods': 1 });
    expect(result.exitCode, result.log).toBe(0);
    expect(result.outputs).toMatchObject({ result: 'passed', failed: '0', reason: '' });
    expect(Number(result.outputs.requests)).toBeGreaterThan(100);
    expect(Number(result.outputs['recovery-ms'])).toBeGreaterThan(0);
    expect(pods().filter((pod) => before.includes(pod))).toEqual([]);
    expect(api.object(NODE)).toMatchObject({ spec: {}, metadata: { annotations: {} } });
    expect(isClosed()).toBe(false);
    const writes = api.requests.filter(
      ({ method, path }) => method !== 'GET' && !/selfsubject|leases/.test(path),
    );
    expect(writes.map(({ method, path }) => `${method} ${path.split('?')[0]}`)).toEqual([
      `DELETE ${STAGE}/pods/web-1`,
      `PATCH ${NODE}`,
      `POST ${STAGE}/pods/web-2/eviction`,
      `PATCH ${NODE}`,
    ]);
  });

  it('that loses requests fails, says when and why, and does no more', async () => {
    makeCluster(2);
    careless = true;
    const result = await drill({ 'drill-rate': 200 });
    expect(result.exitCode).toBe(1);
    expect(result.outputs.result).toBe('failed');
    expect(Number(result.outputs.failed)).toBeGreaterThan(0);
    expect(result.outputs.reason).toMatch(/requests were lost\..*HTTP 503, from .* after: Delete pod web-1/);
    expect(result.log).toMatch(/no readinessProbe[\s\S]*readinessProbe: \{/);
    expect(result.summary).toMatch(/Lost requests[\s\S]*HTTP 503/);
    expect(api.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
    expect(api.requests.some(({ path }) => path.endsWith('/eviction'))).toBe(false);
  });

  it('of several nodes drains the fullest as its budget allows, and opens it when all is back elsewhere', async () => {
    makeCluster(2);
    clearInterval(controller);
    makePod('n2');
    const node = api.object(NODE);
    api.put('/api/v1/nodes/n2', { ...node, metadata: { name: 'n2' } });
    controller = setInterval(() => {
      if (pods().length < 3) makePod(isClosed() ? 'n2' : 'n1');
    }, 200);
    evictInstead();
    api.faults.push({
      when: ({ path }) => path.endsWith('/eviction'),
      answer: refuse(429, 'TooManyRequests', 'Cannot evict pod as it would violate the disruption budget.'),
    });
    evictInstead();
    const deployment = api.object('/apis/apps/v1/namespaces/stage/deployments/web');
    api.put('/apis/apps/v1/namespaces/stage/deployments/web', {
      ...deployment,
      spec: { ...(deployment?.spec as object), replicas: 3 },
      status: { observedGeneration: 1, replicas: 3, updatedReplicas: 3, availableReplicas: 3 },
    } as never);
    const result = await drill({ 'drill-disturb': 'drain' });
    expect(result.exitCode, result.log).toBe(0);
    expect(result.outputs).toMatchObject({ result: 'passed', failed: '0' });
    const nodesOf = pods().map(
      (path) => (api.object(path)?.spec as { nodeName: string } | undefined)?.nodeName,
    );
    expect(nodesOf).toEqual(['n2', 'n2', 'n2']);
    const story = api.requests.filter(
      ({ method, path }) => /nodes\/n1|eviction/.test(path) && method !== 'GET',
    );
    expect(story.map(({ path }) => path.split('?')[0])).toEqual([
      NODE,
      ...[1, 2, 3].map(() => expect.stringMatching(/\/pods\/web-[12]\/eviction$/)),
      NODE,
    ]);
    expect(result.log).toContain('a PodDisruptionBudget holds');
    expect(isClosed()).toBe(false);
  });

  it('that is cancelled evicts nothing more, and opens the node', async () => {
    makeCluster(2);
    for (let n = 0; n < 20; n++) {
      api.faults.push({
        when: ({ path }) => path.endsWith('/eviction'),
        answer: refuse(429, 'TooManyRequests', 'Cannot evict pod as it would violate the disruption budget.'),
      });
    }
    const evictions = () => api.requests.filter(({ path }) => path.endsWith('/eviction')).length;
    const cancel = new AbortController();
    const looking = setInterval(() => {
      if (evictions() > 0) cancel.abort();
    }, 50);
    const result = await drill({ 'drill-disturb': 'drain' }, { signal: cancel.signal });
    clearInterval(looking);
    expect(result.exitCode, result.log).toBe(1);
    expect(evictions()).toBe(1);
    expect(isClosed()).toBe(false);
    expect(pods()).toHaveLength(2);
  });

  it('opens the node when the eviction fails', async () => {
    makeCluster(2);
    api.faults.push({
      when: ({ path }) => path.endsWith('/eviction'),
      answer: refuse(500, 'InternalError', 'the webhook is down'),
    });
    const result = await drill({ 'drill-disturb': 'drain' });
    expect(result.outputs.result).toBe('failed');
    expect(result.outputs.reason).toContain('the webhook is down');
    expect(isClosed()).toBe(false);
    expect(pods()).toHaveLength(2);
  });

  it('opens what a killed one left closed, and no node that somebody else closed', async () => {
    makeCluster(1);
    const closed = (name: string, by?: string) =>
      api.put(`/api/v1/nodes/${name}`, {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name, ...(by && { annotations: { 'fairway-ci.github.io/drill': by } }) },
        spec: { unschedulable: true },
      });
    closed('ours', 'stage/web');
    closed('theirs', 'stage/other');
    closed('admins');
    await drill();
    const isStillClosed = (name: string) =>
      (api.object(`/api/v1/nodes/${name}`)?.spec as { unschedulable?: boolean } | undefined)?.unschedulable;
    const still = ['ours', 'theirs', 'admins'].filter(isStillClosed);
    expect(still).toEqual(['theirs', 'admins']);
  });

  it.each([
    ['nothing to ask', { 'smoke-test': '' }, 2, /With 'mode: drill' the input 'smoke-test'/],
    [
      'a service that fails undisturbed',
      { 'smoke-test': 'service/web:80/nothing' },
      2,
      /before anything was disturbed: service\/web:80\/nothing gave HTTP 404/,
    ],
    ['one replica', {}, 1, /has one replica[\s\S]*replicas: 2/],
    [
      'nothing behind the Service',
      { release: 'other' },
      2,
      /No Deployment or StatefulSet of the release 'other'[\s\S]*drill-target/,
    ],
    ['a target that is not there', { 'drill-target': 'deployment/nope' }, 2, /no Deployment 'nope'/],
  ])('is refused: %s', async (_, inputs, replicas, message) => {
    makeCluster(replicas);
    const result = await drill(inputs);
    expect(result.exitCode).toBe(1);
    expect(result.outputs.result).toBe('failed');
    const errors = result.commands.filter(({ name }) => name === 'error').map((command) => command.message);
    expect(errors).toEqual([expect.stringMatching(message)]);
    expect(api.requests.every(({ method, path }) => method !== 'DELETE' && !path.endsWith('/eviction'))).toBe(
      true,
    );
  });

  it.each([
    ['pending', 'was left half-way', 'Deploy first'],
    ['paused', 'is on trial', 'mode: promote'],
  ])('is refused while a revision is %s', async (state, words, remedy) => {
    makeCluster(2);
    const { gzipSync } = await import('node:zlib');
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
    api.put(`${STAGE}/configmaps/fairway.web.v3`, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'fairway.web.v3',
        namespace: 'stage',
        labels: {
          'fairway-ci.github.io/release': 'web',
          'fairway-ci.github.io/revision': '3',
          'fairway-ci.github.io/state': state,
        },
      },
      binaryData: {
        objects: gzipSync('{"items":[]}').toString('base64'),
        created: encode([]),
        about: encode({ commit: '', run: '', actor: '', images: {}, startedAt: '', reason: '' }),
      },
    });
    const result = await drill();
    expect(result.outputs.reason).toContain(words);
    expect(result.log).toContain(remedy);
  });

  it('is refused while a deployment is at work', async () => {
    makeCluster(2);
    const lease = '/apis/coordination.k8s.io/v1/namespaces/stage/leases/fairway.web';
    const renew = () =>
      api.put(lease, {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'fairway.web', namespace: 'stage' },
        spec: { holderIdentity: 'run 7', leaseDurationSeconds: 30, renewTime: new Date().toISOString() },
      });
    renew();
    const renewing = setInterval(renew, 300);
    const result = await drill();
    clearInterval(renewing);
    expect(result.log).toMatch(/Another run is deploying 'web' in 'stage': run 7/);
    expect(pods()).toEqual([`${STAGE}/pods/web-1`, `${STAGE}/pods/web-2`]);
  });

  it('needs rights over nodes only to drain one, and says so', async () => {
    makeCluster(2);
    api.allowed = false;
    api.faults.push({
      when: ({ path }) => path.includes('selfsubjectrulesreviews'),
      answer: (response) => response.writeHead(201).end('{"status":{"resourceRules":[],"incomplete":false}}'),
    });
    const result = await drill();
    expect(result.log).toMatch(/kind: ClusterRole\n[\s\S]*"nodes"[\s\S]*drill-disturb: pods/);
    expect(pods()).toHaveLength(2);
  });
});
