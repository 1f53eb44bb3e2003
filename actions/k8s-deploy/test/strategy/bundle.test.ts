import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BundleOptions, type BundleResult, runBundle } from '@fairway/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applySetId, PART_OF, parentRef } from '../../src/apply/apply-set.ts';
import type { KubeObject } from '../../src/cluster/object.ts';
import { type Revision, toRecord } from '../../src/release/record.ts';
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

function run(inputs: BundleOptions['inputs']): Promise<BundleResult> {
  return runBundle({
    action,
    workspace,
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

describe('a promotion', () => {
  /** As a run with `pause: true` has left it. */
  async function leaveOnTrial(): Promise<void> {
    const part = { [PART_OF]: applySetId(parentRef('web', 'stage')) };
    const objects = release('web:2').map((object) => ({
      ...object,
      metadata: { ...object.metadata, labels: part },
    }));
    const about = { commit: '', run: '', actor: '', images: {}, startedAt: '', reason: '' };
    const revision: Revision = {
      release: 'web',
      namespace: 'stage',
      number: 2,
      state: 'paused',
      objects,
      created: [],
      about,
    };
    const record = await toRecord(revision);
    api.put(`${RECORDS}/${record.metadata.name}`, { ...record, metadata: { ...record.metadata } });
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
});
