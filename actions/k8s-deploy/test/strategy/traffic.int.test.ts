import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { leadPath, RECIPES } from '@fairway/local';
import { type BundleOptions, runBundle } from '@fairway/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from './control-plane.ts';

/**
 * A canary by weight with real pods and Traefik, which is a controller for all of the Gateway API, its own kinds and the
 * annotations of ingress-nginx. FAIRWAY_INT_TRAEFIK may name another program of it, FAIRWAY_INT_CRDS other files with the
 * definitions of the Gateway API and of Traefik, separated by colons; FAIRWAY_INT_KUBECONFIG and FAIRWAY_INT_IMAGE are
 * those of cluster.int.test.ts.
 */
const kubeconfig = process.env.FAIRWAY_INT_KUBECONFIG ?? '';
const image = process.env.FAIRWAY_INT_IMAGE ?? '';
const { traefik, definitions } = await installed();

const source = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'traffic-'));
const namespace = `fairway-traffic-${process.pid}`;
const labels = { app: 'web' };
const HOSTS = ['gateway.test', 'service.test', 'route.test', 'nginx.test'];

const PROGRAM = `
require('http').createServer((q, s) => s.end(process.env.VERSION)).listen(8080);
process.on('SIGTERM', () => setTimeout(process.exit, 300));
`;

/** Asks every host twenty times a second, in a process of its own; tells what was not a good answer, and when. */
const LOAD = `
const { request } = require('node:http');
const [port, ...hosts] = process.argv.slice(1);
let asked = 0;
const ask = (host) => {
  asked++;
  const began = new Date().toISOString();
  const lost = (why) => console.log(began + ' ' + host + ' ' + why);
  const asking = request({ host: '127.0.0.1', port, headers: { host }, agent: false, timeout: 15000 }, (answer) => {
    answer.resume();
    answer.on('error', (error) => lost(error.message));
    if (answer.statusCode !== 200) lost(answer.statusCode);
  });
  asking.on('error', (error) => lost(error.message));
  asking.on('timeout', () => asking.destroy(new Error('no answer')));
  asking.end();
};
setInterval(() => hosts.forEach(ask), 50);
process.on('SIGTERM', () => { console.error(asked + ' requests of the load'); process.exit(); });
`;

const kubectl = (...args: string[]) =>
  execFileSync('kubectl', ['--kubeconfig', kubeconfig, '--namespace', namespace, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
const read = (...args: string[]) => JSON.parse(kubectl('get', ...args, '--output', 'json'));
const names = (kind: string) => kubectl('get', kind, '--output', 'name').trim().split('\n').sort();

/** What a platform team has set up: the class, the gateway and the controller. */
function platform(port: number): object[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name: namespace },
      spec: { controllerName: 'traefik.io/gateway-controller' },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: 'edge', namespace },
      spec: { gatewayClassName: namespace, listeners: [{ name: 'http', protocol: 'HTTP', port }] },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'nginx' },
      spec: { controller: 'k8s.io/ingress-nginx' },
    },
  ];
}

function release(version: string): object[] {
  const container = {
    name: 'web',
    image: 'app',
    command: ['node', '-e', PROGRAM],
    env: [{ name: 'VERSION', value: version }],
    ports: [{ name: 'http', containerPort: 8080 }],
    readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
    resources: { requests: { cpu: '10m', memory: '32Mi' } },
    lifecycle: { preStop: { sleep: { seconds: 10 } } },
  };
  const backend = { name: 'web', port: 80 };
  const rule = (host: string, services: object[]) => ({
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'IngressRoute',
    metadata: { name: host.replace('.', '-') },
    spec: { entryPoints: ['web'], routes: [{ kind: 'Rule', match: `Host(\`${host}\`)`, services }] },
  });
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas: 2,
        strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { terminationGracePeriodSeconds: 15, containers: [container] },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 'http' }] },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'web' },
      spec: {
        parentRefs: [{ name: 'edge' }],
        hostnames: ['gateway.test'],
        rules: [{ backendRefs: [backend] }],
      },
    },
    {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'TraefikService',
      metadata: { name: 'weighted' },
      spec: { weighted: { services: [backend] } },
    },
    rule('service.test', [{ name: 'weighted', kind: 'TraefikService' }]),
    rule('route.test', [backend]),
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'web' },
      spec: {
        ingressClassName: 'nginx',
        rules: [
          {
            host: 'nginx.test',
            http: {
              paths: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name: 'web', port: { number: 80 } } },
                },
              ],
            },
          },
        ],
      },
    },
  ];
}

function put(version: string): void {
  const items = release(version);
  writeFileSync(
    join(folder, 'workspace', 'all.json'),
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  );
}

function deploy(inputs: Record<string, string> = {}, more: Partial<BundleOptions> = {}) {
  return runBundle({
    action: join(folder, 'action'),
    workspace: join(folder, 'workspace'),
    inputs: {
      'kubeconfig-path': kubeconfig,
      namespace,
      release: 'web',
      manifests: 'all.json',
      images: `app=${image}`,
      timeout: '2m',
      ...inputs,
    },
    timeoutMs: 170_000,
    ...more,
  });
}
const canary = (inputs: Record<string, string> = {}, more: Partial<BundleOptions> = {}) =>
  deploy({ strategy: 'canary', traffic: 'weights', steps: '20', 'step-duration': '3s', ...inputs }, more);

let entrance = 0;

/** One request for a host, on a connection of its own. @returns `200 v1`, or what went wrong */
function ask(host: string, address = '127.0.0.1', port = entrance): Promise<string> {
  return new Promise((resolve) => {
    const asking = request(
      { host: address, port, headers: { host }, agent: false, timeout: 8_000 },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () =>
          resolve(`${answer.statusCode} ${Buffer.concat(parts).toString('utf8').trim()}`),
        );
        answer.on('error', (error) => resolve(`lost: ${error.message}`));
      },
    );
    asking.on('error', (error) => resolve(`lost: ${error.message}`));
    asking.on('timeout', () => asking.destroy(new Error('no answer')));
    asking.end();
  });
}

/** Of so many requests for a host, how many each answer was. */
async function tally(
  host: string,
  count: number,
  address?: string,
  port?: number,
): Promise<Map<string, number>> {
  const answers = new Map<string, number>();
  for (let done = 0; done < count; done += 20) {
    for (const answer of await Promise.all(Array.from({ length: 20 }, () => ask(host, address, port)))) {
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
  }
  return answers;
}

/** Whether nothing of a trial is left: the routes as written, the Service unbound, one Deployment, one Ingress. */
function expectOnlyStable(): void {
  expect(read('httproute', 'web').spec.rules[0].backendRefs).toHaveLength(1);
  expect(read('ingressroute', 'route-test').spec.routes[0].services).toHaveLength(1);
  expect(read('traefikservice', 'weighted').spec.weighted.services).toHaveLength(1);
  expect(read('service', 'web').spec.selector).toEqual(labels);
  expect(read('deployment', 'web').spec.paused ?? false).toBe(false);
  expect(names('ingresses')).toEqual(['ingress.networking.k8s.io/web']);
  expect(names('deployments')).toEqual(['deployment.apps/web']);
  expect(names('services')).toEqual(['service/web']);
}

async function until(what: string, test: () => Promise<boolean> | boolean): Promise<void> {
  for (let look = 0; look < 120; look++) {
    if (await test()) return;
    await sleep(500);
  }
  throw new Error(`never: ${what}`);
}

async function installed(): Promise<{ readonly traefik: string; readonly definitions: readonly string[] }> {
  const tools = await leadPath('traefik', 'traffic-definitions');
  const given = (process.env.FAIRWAY_INT_CRDS ?? '').split(':').filter(Boolean);
  const ours = RECIPES['traffic-definitions'].programs.map((file) => tools.path('traffic-definitions', file));
  return {
    traefik: process.env.FAIRWAY_INT_TRAEFIK || tools.path('traefik'),
    definitions: given.length > 0 ? given : ours,
  };
}

describe.runIf(kubeconfig !== '' && image !== '')('a canary by weight', { timeout: 200_000 }, () => {
  let controller: ChildProcess;
  let load: ChildProcess;
  let lost: string[] = [];

  beforeAll(async () => {
    for (const part of ['action/dist/main', 'workspace']) mkdirSync(join(folder, part), { recursive: true });
    cpSync(join(source, 'action.yml'), join(folder, 'action', 'action.yml'));
    const entry = JSON.stringify(pathToFileURL(join(source, 'lib', 'main.js')).href);
    writeFileSync(join(folder, 'action', 'dist', 'main', 'index.js'), `import ${entry};\n`);
    writeFileSync(join(folder, 'action', 'dist', 'main', 'package.json'), '{"type":"module"}');
    for (const file of definitions) kubectl('apply', '--server-side', '--filename', file);
    const [port = 0] = await freePorts(1);
    entrance = port;
    const parts = join(folder, 'platform.json');
    writeFileSync(parts, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: platform(port) }));
    await until('the definitions are served', () => {
      try {
        kubectl('apply', '--server-side', '--filename', parts);
        return true;
      } catch {
        return false;
      }
    });
    controller = spawn(
      traefik,
      [
        `--entrypoints.web.address=127.0.0.1:${port}`,
        '--providers.kubernetesgateway',
        '--providers.kubernetescrd',
        '--providers.kubernetesingressnginx',
        '--providers.kubernetesingressnginx.httpentrypoint=web',
        '--providers.providersthrottleduration=500ms',
        '--global.checknewversion=false',
        '--log.level=INFO',
        `--log.filepath=${join(tmpdir(), 'traefik.log')}`,
      ],
      { env: { KUBECONFIG: kubeconfig }, stdio: 'ignore' },
    );
    put('v1');
    const first = await deploy();
    expect(first.outputs).toMatchObject({ result: 'deployed', revision: '1' });
    for (const host of HOSTS) await until(`${host} answers`, async () => (await ask(host)) === '200 v1');
    load = spawn(process.execPath, ['-e', LOAD, String(entrance), ...HOSTS], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    load.stdout?.on('data', (lines: Buffer) => lost.push(...lines.toString('utf8').trim().split('\n')));
  }, 200_000);
  afterEach(() => {
    const told = lost;
    lost = [];
    expect(told).toEqual([]);
  });
  afterAll(() => {
    load?.kill();
    controller?.kill();
    kubectl('delete', 'namespace', namespace, '--wait=false');
    kubectl('delete', 'gatewayclass', namespace);
    rmSync(folder, { recursive: true, force: true });
  });

  it('has its share of the requests of every route, and none of those inside the cluster', async () => {
    put('v2');
    const result = await canary({ pause: 'true' });
    expect(result.outputs).toMatchObject({ result: 'paused', revision: '1' });
    expect(result.summary).toContain('20 % by weight');
    await sleep(2_000);
    for (const host of HOSTS) {
      const answers = await tally(host, 600);
      const share = answers.get('200 v2') ?? 0;
      console.log(`${host}: ${share} of 600 went to the new version`);
      // 20 % of 600, give or take four and a half standard deviations of a binomial distribution.
      expect(share).toBeGreaterThan(120 - 45);
      expect(share).toBeLessThan(120 + 45);
      expect(share + (answers.get('200 v1') ?? 0)).toBe(600);
    }
    const inside = kubectl('get', 'service', 'web', '--output', 'jsonpath={.spec.clusterIP}');
    expect(await tally('web', 60, inside, 80)).toEqual(new Map([['200 v1', 60]]));
  });

  it('is promoted, and leaves no weight behind', async () => {
    const result = await deploy({ mode: 'promote' });
    expect(result.outputs).toMatchObject({ result: 'deployed', revision: '2' });
    expectOnlyStable();
    for (const host of HOSTS) expect(await tally(host, 40)).toEqual(new Map([['200 v2', 40]]));
  });

  it('that is bad gets nothing more, and the stable version never broke', async () => {
    put('v3');
    writeFileSync(
      join(folder, 'workspace', 'bad.yaml'),
      'interval: 2s\ndelay: 3s\nmetrics: [{ name: check, command: [node, -e, "process.exit(1)"] }]\n',
    );
    const result = await canary({ analysis: 'bad.yaml' });
    expect(result.outputs).toMatchObject({ result: 'rolled-back', revision: '2' });
    expect(result.log).toContain('HTTPRoute web gives the new version 20 % of the requests');
    expectOnlyStable();
    for (const host of HOSTS) expect(await tally(host, 40)).toEqual(new Map([['200 v2', 40]]));
  });

  it('of a cancelled job gives its requests back within the time that a runner leaves it', async () => {
    const cancel = new AbortController();
    const running = canary({ 'step-duration': '5m' }, { signal: cancel.signal });
    await until('weights are set', () => read('httproute', 'web').spec.rules[0].backendRefs.length === 2);
    cancel.abort();
    const result = await running;
    expect(result.exitCode).toBe(1);
    expectOnlyStable();
  });

  it('of a run that was killed is healed by the next run, whatever its strategy', async () => {
    const killed = canary({ 'step-duration': '5m' });
    await until('weights are set', () => read('httproute', 'web').spec.rules[0].backendRefs.length === 2);
    const { holderIdentity } = read('lease', 'fairway.web').spec;
    process.kill(Number(/ pid (\d+)$/.exec(holderIdentity)?.[1]), 'SIGKILL');
    await killed;
    expect(names('deployments')).toHaveLength(2);
    put('v4');
    const next = await deploy();
    expect(next.outputs).toMatchObject({ result: 'deployed' });
    expectOnlyStable();
  });

  it('keeps others from restarting the stable version under it', async () => {
    put('v5');
    const paused = await canary({ pause: 'true' });
    expect(paused.outputs).toMatchObject({ result: 'paused' });
    expect(() => kubectl('rollout', 'restart', 'deployment', 'web')).toThrow(/paused deployment/);
    kubectl('scale', 'deployment', 'web', '--replicas=3');
    await until('it scales', () => read('deployment', 'web').status.readyReplicas === 3);
    const rejected = await deploy({ mode: 'reject' });
    expect(rejected.outputs).toMatchObject({ result: 'rolled-back' });
    expectOnlyStable();
    expect(() => kubectl('rollout', 'restart', 'deployment', 'web')).not.toThrow();
    kubectl('rollout', 'status', 'deployment', 'web', '--timeout=60s');
  });
});
