import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BundleOptions, type BundleResult, runBundle } from '@fairway/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applySetId, PART_OF, parentRef } from '../../src/apply/apply-set.ts';
import type { KubeObject } from '../../src/cluster/object.ts';
import { type Revision, toRecord } from '../../src/release/record.ts';
import { coloured } from '../../src/strategy/colour.ts';
import { HASH, TRACK } from '../../src/strategy/track.ts';
import { LoopbackApi, refuse } from '../api-server.ts';

const action = fileURLToPath(new URL('../..', import.meta.url));
const workspace = mkdtempSync(join(tmpdir(), 'workspace-'));
const APPS = '/apis/apps/v1/namespaces/stage';
const SERVICES = '/api/v1/namespaces/stage/services';
const INGRESSES = '/apis/networking.k8s.io/v1/namespaces/stage/ingresses';
const RECORDS = '/api/v1/namespaces/stage/configmaps';
const labels = { app: 'web' };
const annotations = { 'fairway-ci.github.io/wait': 'false' };

let api: LoopbackApi;

beforeEach(async () => {
  api = await LoopbackApi.start();
  api.put('/api/v1/namespaces/stage', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'stage' } });
  expect((await deploy('web:1', { strategy: 'rolling' })).outputs.result).toBe('deployed');
  const path = `${APPS}/deployments/web`;
  const deployment = api.object(path);
  const numbered = { ...annotations, 'deployment.kubernetes.io/revision': '1' };
  api.put(path, {
    ...deployment,
    metadata: { ...deployment?.metadata, uid: 'u1', annotations: numbered },
    status: { readyReplicas: 2 },
  });
  api.put(`${APPS}/replicasets/web-1`, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: 'web-1',
      labels: { ...labels, [HASH]: 'h1' },
      annotations: numbered,
      ownerReferences: [{ uid: 'u1' }],
    },
  });
});
afterEach(() => api.stop());

/** A Deployment behind a Service, to which an Ingress leads that gives shares by weight. */
function release(image: string): KubeObject[] {
  const http = {
    paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }],
  };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'stage', annotations },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'web', image }] } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'stage' },
      spec: { selector: labels, ports: [{ port: 80 }] },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'web', namespace: 'stage', annotations },
      spec: { ingressClassName: 'nginx', rules: [{ host: 'web.example.com', http }] },
    },
  ];
}

function deploy(image: string, inputs: BundleOptions['inputs'] = {}): Promise<BundleResult> {
  const items = release(image);
  writeFileSync(join(workspace, 'all.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  return run({ manifests: 'all.json', strategy: 'canary', 'step-duration': '1s', ...inputs });
}

function run(inputs: BundleOptions['inputs'], signal?: AbortSignal): Promise<BundleResult> {
  return runBundle({
    action,
    workspace,
    ...(signal && { signal }),
    inputs: {
      kubeconfig: api.kubeconfig,
      release: 'web',
      namespace: 'stage',
      'scale-checks': 'off',
      ...inputs,
    },
  });
}

const selector = () => (api.object(`${SERVICES}/web`)?.spec as { selector: object } | undefined)?.selector;
const imageOf = (path: string) => /web:\d/.exec(JSON.stringify(api.object(path)?.spec))?.[0];
const stateOf = (number: number) =>
  (api.object(`${RECORDS}/fairway.web.v${number}`)?.metadata.labels as Record<string, string> | undefined)?.[
    'fairway-ci.github.io/state'
  ];
const besideIt = () => api.paths().filter((path) => /\/web-(canary|preview)$/.test(path));

describe('a canary by weight', () => {
  it.each([
    ['the pause of the stable Deployment', '/deployments/web?'],
    ['the binding of its Service', '/services/web?'],
  ])('whose beginning the cluster refuses, %s, is given up, and everything is as before', async (_, part) => {
    api.faults.push({
      when: ({ method, path }) => method === 'PATCH' && path.includes(part) && !path.includes('dryRun'),
      answer: refuse(403, 'Forbidden', 'admission webhook "rules" denied the request'),
    });
    const result = await deploy('web:2');
    expect(result.outputs, result.log).toMatchObject({ result: 'rolled-back', revision: '1' });
    expect(result.outputs.reason).toContain('admission webhook "rules" denied');
    expect(selector()).toEqual(labels);
    expect(imageOf(`${APPS}/deployments/web`)).toBe('web:1');
    expect(stateOf(2)).toBe('failed');
  });
});

/** Records a revision as a run has left it. */
async function recorded(given: Pick<Revision, 'number' | 'state' | 'objects'>): Promise<void> {
  const about = { commit: '', run: '', actor: '', images: {}, startedAt: '', reason: '' };
  const record = await toRecord({ release: 'web', namespace: 'stage', created: [], about, ...given });
  api.put(`${RECORDS}/${record.metadata.name}`, { ...record, metadata: { ...record.metadata } });
}

const part = { [PART_OF]: applySetId(parentRef('web', 'stage')) };
/** The objects of a release as they are recorded: each in its ApplySet. */
const kept = (image: string) =>
  release(image).map((object) => ({ ...object, metadata: { ...object.metadata, labels: part } }));

/** Plays the Deployment controller: whatever is applied has its pods at once. */
function playing(): () => void {
  const path = `${APPS}/deployments/web`;
  const timer = setInterval(() => {
    const object = api.object(path);
    if (object && !object.status) api.put(path, { ...object, status: { readyReplicas: 2 } });
  }, 10);
  return () => clearInterval(timer);
}

describe('a trial after a release that was left half-way', () => {
  it('has the last good one beside it, which then has served all the time indeed', async () => {
    await recorded({ number: 2, state: 'interrupted', objects: kept('web:2') });
    const [half] = kept('web:2');
    const path = `${APPS}/deployments/web`;
    const { uid: _uid, ...metadata } = api.object(path)?.metadata ?? {};
    api.put(path, { ...half, metadata: { ...metadata, name: 'web' }, status: { readyReplicas: 2 } });
    const stop = playing();
    const smoke = { 'smoke-test': 'service/web:80/', 'smoke-timeout': '500ms' };
    const result = await deploy('web:3', { traffic: 'replicas', ...smoke });
    stop();
    expect(result.outputs, result.log).toMatchObject({ result: 'rolled-back', revision: '1' });
    expect(result.outputs.reason).toContain('(new version only)');
    expect(imageOf(path)).toBe('web:1');
  });
});

describe('a release that cannot be tried as asked', () => {
  it.each([
    ['Deployment', 'web-canary', { ...release('web:2')[0], metadata: { name: 'web-canary' } }],
    ['Service', 'web-preview', { ...release('web:2')[1], metadata: { name: 'web-preview' } }],
    ['Ingress', 'web-canary', { ...release('web:2')[2], metadata: { name: 'web-canary' } }],
  ])('since it has a %s of the name that the trial needs, is refused', async (kind, name, own) => {
    const items = [...release('web:2'), own];
    writeFileSync(join(workspace, 'all.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const result = await run({ manifests: 'all.json', strategy: 'canary' });
    expect(result.outputs.reason).toContain(`${kind} ${name} is in the release`);
    expect(stateOf(2)).toBeUndefined();
  });

  it('is refused before it is recorded', async () => {
    const items = release('web:2').filter(({ kind }) => kind !== 'Ingress');
    writeFileSync(join(workspace, 'all.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const result = await run({ manifests: 'all.json', strategy: 'canary', traffic: 'weights' });
    expect(result.outputs.reason).toContain("'traffic: weights' was asked for, and no route");
    expect(stateOf(2)).toBeUndefined();
  });
});

describe('a colour to which Services were turned by a run that died', () => {
  const service = `${SERVICES}/web`;
  const turned = () => (selector() as Record<string, string> | undefined)?.[TRACK];
  const inColour = (image: string, track: string) =>
    coloured(release(image), track).map((object) => ({
      ...object,
      metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...part } },
    }));
  const placeOf = ({ kind, metadata }: KubeObject) =>
    ({ Deployment: `${APPS}/deployments`, Service: SERVICES, Ingress: INGRESSES })[kind] +
    `/${metadata.name}`;
  const ready = {
    observedGeneration: 1,
    replicas: 2,
    updatedReplicas: 2,
    availableReplicas: 2,
    readyReplicas: 2,
  };

  beforeEach(async () => {
    api.remove(`${APPS}/deployments/web`);
    await recorded({ number: 1, state: 'good', objects: inColour('web:1', 'r1') });
    await recorded({ number: 2, state: 'pending', objects: inColour('web:2', 'r2') });
    for (const object of [...inColour('web:1', 'r1'), ...inColour('web:2', 'r2')]) {
      api.put(placeOf(object), { ...object, metadata: { ...object.metadata }, status: ready });
    }
    expect(turned()).toBe('r2');
  });

  it('is left before it is taken away, for the last good one', async () => {
    const before = api.requests.length;
    const result = await run({ mode: 'rollback' });
    expect(result.outputs, result.log).toMatchObject({ result: 'rolled-back', revision: '3' });
    expect(turned()).toBe('r1');
    const at = (method: string, path: string) =>
      api.requests.slice(before).findIndex((one) => one.method === method && one.path.startsWith(path));
    expect(at('PATCH', `${APPS}/deployments/web-r1`)).toBeLessThan(at('PATCH', service));
    expect(at('PATCH', service)).toBeLessThan(at('DELETE', `${APPS}/deployments/web-r2`));
  });

  it('goes on serving where the last good one does not come back', async () => {
    for (let i = 0; i < 4; i++) {
      api.faults.push({
        when: ({ method, path }) => method === 'PATCH' && path.includes('/deployments/web-r1?'),
        answer: refuse(422, 'Invalid', 'Deployment "web-r1" is invalid'),
      });
    }
    const result = await run({ mode: 'rollback' });
    expect(result.outputs.reason).toContain('Deployment "web-r1" is invalid');
    expect([turned(), imageOf(`${APPS}/deployments/web-r2`)]).toEqual(['r2', 'web:2']);
  });
});

describe('a promotion', () => {
  /** As a run with `pause: true` has left it. */
  async function leaveOnTrial(): Promise<void> {
    await recorded({ number: 2, state: 'paused', objects: kept('web:2') });
    const beside = (path: string, apiVersion: string, kind: string) =>
      api.put(path, {
        apiVersion,
        kind,
        metadata: {
          name: path.split('/').at(-1),
          namespace: 'stage',
          labels: { ...part, [TRACK]: 'canary' },
        },
        spec: {},
      });
    beside(`${APPS}/deployments/web-canary`, 'apps/v1', 'Deployment');
    beside(`${SERVICES}/web-preview`, 'v1', 'Service');
    beside(`${INGRESSES}/web-canary`, 'networking.k8s.io/v1', 'Ingress');
    const service = api.object(`${SERVICES}/web`);
    api.put(`${SERVICES}/web`, {
      ...service,
      metadata: { ...service?.metadata },
      spec: { ...(service?.spec as object), selector: { ...labels, [HASH]: 'h1' } },
    });
  }

  it('that fails leaves nothing of the trial beside what is put back', async () => {
    await leaveOnTrial();
    const result = await run({ mode: 'promote', 'smoke-test': 'http://127.0.0.1:1/', 'smoke-timeout': '1s' });
    expect(result.outputs, result.log).toMatchObject({ result: 'rolled-back', revision: '1' });
    expect(besideIt()).toEqual([]);
    expect(selector()).toEqual(labels);
    expect(imageOf(`${APPS}/deployments/web`)).toBe('web:1');
  });

  it('that is refused before it changed anything takes the trial away', async () => {
    await leaveOnTrial();
    api.faults.push({
      when: ({ method, path }) => method === 'PATCH' && path.includes('/deployments/web?'),
      answer: refuse(422, 'Invalid', 'Deployment "web" is invalid'),
    });
    const result = await run({ mode: 'promote' });
    expect(result.outputs.reason).toContain('Deployment "web" is invalid');
    expect(besideIt()).toEqual([]);
    expect(selector()).toEqual(labels);
    expect(imageOf(`${APPS}/deployments/web`)).toBe('web:1');
  });

  it('that was cut off can no longer be rejected: the stable version is gone in part', async () => {
    await leaveOnTrial();
    const cancel = new AbortController();
    const looking = setInterval(() => {
      if (imageOf(`${APPS}/deployments/web`) === 'web:2') cancel.abort();
    }, 10);
    const slow = { 'smoke-test': 'http://127.0.0.1:1/', 'smoke-timeout': '1m' };
    const cut = await run({ mode: 'promote', ...slow }, cancel.signal);
    clearInterval(looking);
    expect(cut.outputs.reason).toContain('interrupted');
    expect(stateOf(2)).toBe('interrupted');

    const rejected = await run({ mode: 'reject' });
    expect(rejected.outputs.reason).toContain('is on trial');
    const back = await run({ mode: 'rollback' });
    expect(back.outputs, back.log).toMatchObject({ result: 'rolled-back' });
    expect(imageOf(`${APPS}/deployments/web`)).toBe('web:1');
    expect(besideIt()).toEqual([]);
  });

  it('that cannot be gone back from leaves what serves beside it', async () => {
    await leaveOnTrial();
    let isBad = false;
    const smoking = setInterval(() => {
      if (imageOf(`${APPS}/deployments/web`) !== 'web:2' || isBad) return;
      isBad = true;
      api.faults.push({
        when: ({ method, path }) => method === 'PATCH' && path.includes('/deployments/web?'),
        answer: refuse(403, 'Forbidden', 'exceeded quota: most'),
      });
    }, 5);
    const failing = { 'smoke-test': 'http://127.0.0.1:1/', 'smoke-timeout': '1s' };
    const result = await run({ mode: 'promote', ...failing });
    clearInterval(smoking);
    expect(result.outputs.result).toBe('failed');
    expect(result.log).toContain('Going back to revision 1 failed too');
    expect(besideIt()).toContain(`${APPS}/deployments/web-canary`);
  });
});
