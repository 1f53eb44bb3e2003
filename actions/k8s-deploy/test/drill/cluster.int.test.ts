import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BundleOptions, runBundle } from '@fairway/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** With real pods; see ../cluster.int.test.ts for the settings. Cluster addresses have to be reachable from here. */
const kubeconfig = process.env.FAIRWAY_INT_KUBECONFIG ?? '';
const image = process.env.FAIRWAY_INT_IMAGE ?? '';

const action = fileURLToPath(new URL('../..', import.meta.url));
const workspace = mkdtempSync(join(tmpdir(), 'workspace-'));
const namespace = `fairway-drill-${process.pid}`;

/** Finishes what is open when it is told to go. */
const GRACEFUL = `
const server = require('http').createServer((q, s) => setTimeout(() => s.end('ok'), 20)).listen(8080);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;
/** Starts slowly, calls itself ready at once, and drops everything when it is told to go. */
const CARELESS = `
setTimeout(() => require('http').createServer((q, s) => setTimeout(() => s.end('ok'), 20)).listen(8080), 1500);
process.on('SIGTERM', process.exit);
`;

function app(
  name: string,
  program: string,
  careful: boolean,
  more: readonly object[] = [],
  replicas = 2,
): object[] {
  const labels = { app: name };
  const container = {
    name: 'web',
    image,
    command: ['node', '-e', program],
    ports: [{ name: 'http', containerPort: 8080 }],
    resources: { requests: { cpu: '10m', memory: '32Mi' } },
    ...(careful && {
      readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 1 },
      lifecycle: { preStop: { sleep: { seconds: 3 } } },
    }),
  };
  const pod = { terminationGracePeriodSeconds: 15, containers: [container] };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 'http' }] },
    },
    ...more,
  ];
}

const budget = (name: string, spec: object) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name },
  spec: { selector: { matchLabels: { app: name } }, ...spec },
});

function step(inputs: BundleOptions['inputs'], more: Partial<BundleOptions> = {}) {
  const shared = { 'kubeconfig-path': kubeconfig, namespace, timeout: '2m' };
  return runBundle({ action, workspace, inputs: { ...shared, ...inputs }, timeoutMs: 240_000, ...more });
}

async function deploy(name: string, items: object[]): Promise<void> {
  writeFileSync(join(workspace, `${name}.json`), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  const result = await step({ release: name, manifests: `${name}.json`, 'create-namespace': true });
  expect(result.exitCode, result.log).toBe(0);
}

const kubectl = (...args: string[]) =>
  execFileSync('kubectl', ['--kubeconfig', kubeconfig, '--namespace', namespace, ...args], {
    encoding: 'utf8',
  });
const addressOf = (name: string) =>
  `http://${kubectl('get', 'service', name, '--output', 'jsonpath={.spec.clusterIP}')}/`;
const podsOf = (name: string) =>
  kubectl('get', 'pods', '--selector', `app=${name}`, '--output', 'name').trim().split('\n');
const closedNodes = () => kubectl('get', 'nodes', '--output', 'jsonpath={.items[*].spec.unschedulable}');

describe.runIf(kubeconfig !== '' && image !== '')('a drill', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    await deploy('careful', app('careful', GRACEFUL, true, [budget('careful', { maxUnavailable: 1 })]));
    await deploy('careless', app('careless', CARELESS, false));
    await deploy('held', app('held', GRACEFUL, true, [budget('held', { minAvailable: 2 })]));
    await deploy('single', app('single', GRACEFUL, true, [], 1));
  }, 300_000);
  afterAll(() => {
    kubectl('delete', 'namespace', namespace, '--wait=false');
  });

  it('of a service that is well made loses nothing, by its address and through the API server', async () => {
    const before = podsOf('careful');
    const smoke = [addressOf('careful'), 'service/careful:80/'].join('\n');
    const result = await step({
      mode: 'drill',
      release: 'careful',
      'smoke-test': smoke,
      'drill-duration': '20s',
    });
    expect(result.log).toContain('evicted pod');
    expect(result.exitCode, result.log).toBe(0);
    expect(result.outputs).toMatchObject({ result: 'passed', failed: '0' });
    expect(Number(result.outputs.requests)).toBeGreaterThan(500);
    expect(Number(result.outputs['recovery-ms'])).toBeGreaterThan(0);
    expect(podsOf('careful').filter((pod) => before.includes(pod))).toEqual([]);
    expect(closedNodes()).toBe('');
    expect(result.summary).toMatch(/drill passed[\s\S]*Delete pod careful[\s\S]*Drain node/);
  });

  it('of one that is not loses requests, and says why', async () => {
    const result = await step({ mode: 'drill', release: 'careless', 'smoke-test': addressOf('careless') });
    expect(result.exitCode).toBe(1);
    expect(result.outputs.result).toBe('failed');
    expect(Number(result.outputs.failed)).toBeGreaterThan(0);
    expect(result.log).toMatch(/requests were lost[\s\S]*no readinessProbe[\s\S]*no preStop/);
    expect(result.summary).toMatch(/Lost requests[\s\S]*ECONN/);
    expect(closedNodes()).toBe('');
  });

  it('says that a budget blocks every drain, without making one', async () => {
    const before = podsOf('held');
    const result = await step({
      mode: 'drill',
      release: 'held',
      'smoke-test': 'service/held:80/',
      'drill-disturb': 'drain',
    });
    expect(result.outputs).toMatchObject({ result: 'failed', failed: '0' });
    expect(result.log).toMatch(/PodDisruptionBudget held lets no pod of Deployment held go.*minAvailable: 2/);
    expect(podsOf('held')).toEqual(before);
  });

  it('is refused where one replica is all there is', async () => {
    const before = podsOf('single');
    const result = await step({ mode: 'drill', release: 'single', 'smoke-test': 'service/single:80/' });
    expect(result.log).toMatch(/Deployment single has one replica[\s\S]*replicas: 2/);
    expect(podsOf('single')).toEqual(before);
  });

  it('that is cancelled while a node is closed opens it again', async () => {
    const cancel = new AbortController();
    const run = step(
      { mode: 'drill', release: 'careful', 'smoke-test': 'service/careful:80/', 'drill-disturb': 'drain' },
      { signal: cancel.signal },
    );
    await expect.poll(closedNodes, { timeout: 60_000, interval: 100 }).toBe('true');
    cancel.abort();
    const result = await run;
    expect(result.log).toContain('The drill was interrupted');
    expect(closedNodes()).toBe('');
  });
});
