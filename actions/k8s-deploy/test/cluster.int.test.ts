import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BundleOptions, runBundle } from '@fairway/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * Against a real cluster with real pods: FAIRWAY_INT_KUBECONFIG names its administrator's kubeconfig, FAIRWAY_INT_IMAGE
 * an image by digest, pullable there, that runs Node.js (`npm run test:int` brings up and names both).
 */
const kubeconfig = process.env.FAIRWAY_INT_KUBECONFIG ?? '';
const image = process.env.FAIRWAY_INT_IMAGE ?? '';

const action = fileURLToPath(new URL('..', import.meta.url));
const workspace = mkdtempSync(join(tmpdir(), 'workspace-'));
const namespace = `fairway-int-${process.pid}`;

const serve =
  "require('http').createServer((q, s) => s.end('ok')).listen(8080); process.on('SIGTERM', process.exit)";
const crash = "console.error('no database'); process.exit(3)";

function release(script: string, container: object = {}, extra: readonly object[] = []): void {
  const pod = {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'web',
        image: 'app',
        command: ['node', '-e', script],
        readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
        resources: { requests: { cpu: '10m', memory: '32Mi' } },
        ...container,
      },
    ],
  };
  const labels = { app: 'web' };
  const items = [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
    },
    ...extra,
  ];
  writeFileSync(join(workspace, 'all.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}

function deploy(inputs: BundleOptions['inputs'] = {}, more: Partial<BundleOptions> = {}) {
  return runBundle({
    action,
    workspace,
    inputs: {
      manifests: 'all.json',
      images: `app=${image}`,
      'kubeconfig-path': kubeconfig,
      namespace,
      release: 'web',
      'create-namespace': true,
      'smoke-test': 'service/web:80/',
      timeout: '10m', // none of these waits for it
      ...inputs,
    },
    timeoutMs: 120_000,
    ...more,
  });
}

const kubectl = (...args: string[]) =>
  execFileSync('kubectl', ['--kubeconfig', kubeconfig, '--namespace', namespace, ...args], {
    encoding: 'utf8',
  });
const readyReplicas = () =>
  kubectl('get', 'deployment', 'web', '--output', 'jsonpath={.status.readyReplicas}');

describe.runIf(kubeconfig !== '' && image !== '')('a real cluster', { timeout: 180_000 }, () => {
  beforeAll(async () => {
    release(serve);
    const first = await deploy();
    expect(first.outputs).toMatchObject({ result: 'deployed', revision: '1', changed: '2' });
  }, 180_000);
  afterAll(() => {
    kubectl('delete', 'namespace', namespace, '--wait=false');
  });

  it('repeats without effect', async () => {
    release(serve);
    expect((await deploy()).outputs).toMatchObject({ result: 'unchanged', revision: '1', changed: '0' });
  });

  it.each([
    ['a crash loop', crash, {}, /exit code 3/, /no database/],
    [
      'a missing setting',
      serve,
      { envFrom: [{ configMapRef: { name: 'nope' } }] },
      /configmap "nope" not found/,
      /./,
    ],
    [
      'a missing image',
      serve,
      { image: `${image.split('@')[0]}@sha256:${'0'.repeat(64)}` },
      /cannot be pulled/,
      /./,
    ],
    [
      'a request that no node can meet',
      serve,
      { resources: { requests: { cpu: '4000' } } },
      /Insufficient cpu/,
      /./,
    ],
  ])('%s is given up, and what ran runs again', async (_, script, container, reason, summary) => {
    release(script, container, [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'only-here' } }]);
    const result = await deploy('image' in container ? { images: '' } : {});
    expect(result.exitCode).toBe(1);
    expect(result.outputs).toMatchObject({ result: 'rolled-back', revision: '1' });
    expect(result.outputs.reason).toMatch(reason);
    expect(result.summary).toMatch(summary);
    expect(readyReplicas()).toBe('2');
    expect(kubectl('get', 'configmaps', '--output', 'name')).not.toContain('only-here');
  });

  it('a cancelled run is healed by the next one', async () => {
    release(crash);
    const signal = AbortSignal.timeout(4_000);
    const cancelled = await deploy({ 'crash-loop-threshold': 100 }, { signal });
    expect(cancelled.log).toContain('interrupted');
    release(serve);
    const healed = await deploy();
    expect(healed.log).toMatch(/Revision \d+ was interrupted/);
    expect(healed.exitCode).toBe(0);
    expect(readyReplicas()).toBe('2');
  });

  it('what another manager owns is not taken silently', async () => {
    kubectl('set', 'image', 'deployment/web', 'web=elsewhere/app:1');
    release(serve);
    const result = await deploy();
    expect(result.log).toMatch(/image belongs to kubectl-set/);
    expect((await deploy({ 'force-conflicts': true })).exitCode).toBe(0);
  });
});
