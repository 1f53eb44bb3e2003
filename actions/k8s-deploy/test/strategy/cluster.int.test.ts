import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runBundle } from '@fairway/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * With real pods, real traffic and a Prometheus that scrapes them (`npm run test:int` brings up and names all of it).
 * FAIRWAY_INT_IMAGE is an image by digest that runs Node.js; Services have to be reachable from here.
 */
const kubeconfig = process.env.FAIRWAY_INT_KUBECONFIG ?? '';
const image = process.env.FAIRWAY_INT_IMAGE ?? '';
const prometheus = process.env.FAIRWAY_INT_PROMETHEUS ?? '';

const source = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'canary-'));
const namespace = `fairway-canary-${process.pid}`;
const labels = { app: 'web' };

const PROGRAM = `
const counts = { 200: 0, 500: 0 };
require('http').createServer((q, s) => {
  if (q.url === '/metrics') return s.end(Object.entries(counts).map(([c, n]) => 'requests_total{code="' + c + '"} ' + n + '\\n').join(''));
  if (q.url !== '/') return s.end('ok');
  s.statusCode = Math.random() * 100 < Number(process.env.ERRORS) ? 500 : 200;
  counts[s.statusCode]++;
  s.setHeader('connection', 'close');
  s.end(process.env.VERSION);
}).listen(8080);
process.on('SIGTERM', () => setTimeout(process.exit, 300));
`;

function write(version: string, errors: number): void {
  const pod = {
    terminationGracePeriodSeconds: 5,
    containers: [
      {
        name: 'web',
        image: 'app',
        command: ['node', '-e', PROGRAM],
        env: [
          { name: 'VERSION', value: version },
          { name: 'ERRORS', value: String(errors) },
        ],
        ports: [{ name: 'http', containerPort: 8080 }],
        readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 1 },
        resources: { requests: { cpu: '10m', memory: '32Mi' } },
        lifecycle: { preStop: { sleep: { seconds: 2 } } },
      },
    ],
  };
  const annotations = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080' };
  const items = [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        selector: { matchLabels: labels },
        template: { metadata: { labels, annotations }, spec: pod },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 'http' }] },
    },
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: {
        minReplicas: 2,
        maxReplicas: 4,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '400m' } },
          },
        ],
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web' },
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    },
  ];
  writeFileSync(
    join(folder, 'workspace', 'all.json'),
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  );
}

const QUERY = (code: string) =>
  `sum(rate(requests_total{namespace="{{namespace}}",pod=~"{{pods}}"${code}}[10s]))`;
const ANALYSIS = `
interval: 2s
delay: 8s
duration: 10s
metrics:
  - name: error rate
    prometheus: ${QUERY(',code="500"')} / ${QUERY('')}
    max: 0.1
    stable: { max-ratio: 2, margin: 0.02 }
    minimum-samples: 3
`;

/** Requests for as long as it is open, each on a connection of its own; what came back, by version and status. */
class Load {
  readonly answers = new Map<string, number>();
  readonly lost: string[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(host: string) {
    this.#timer = setInterval(() => this.#ask(host), 25);
  }

  #ask(host: string): void {
    const asking = request({ host, port: 80, path: '/', agent: false, timeout: 5_000 }, async (answer) => {
      const parts: Buffer[] = [];
      try {
        for await (const part of answer) parts.push(part as Buffer);
      } catch (error) {
        this.lost.push(String(error));
      }
      const key = `${Buffer.concat(parts)} ${answer.statusCode}`;
      this.answers.set(key, (this.answers.get(key) ?? 0) + 1);
    });
    asking.on('error', (error) => this.lost.push(error.message));
    asking.on('timeout', () => asking.destroy(new Error('no answer')));
    asking.end();
  }

  count(key: string): number {
    return this.answers.get(key) ?? 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

const kubectl = (...args: string[]) =>
  execFileSync('kubectl', ['--kubeconfig', kubeconfig, '--namespace', namespace, ...args], {
    encoding: 'utf8',
  });
const names = (kind: string) => kubectl('get', kind, '--output', 'name').trim().split('\n').sort();

function deploy(inputs: Record<string, string> = {}) {
  return runBundle({
    action: join(folder, 'action'),
    workspace: join(folder, 'workspace'),
    inputs: {
      manifests: 'all.json',
      images: `app=${image}`,
      'kubeconfig-path': kubeconfig,
      namespace,
      release: 'web',
      'create-namespace': true,
      'smoke-test': 'service/web:80/ready',
      'prometheus-url': prometheus,
      timeout: '2m',
      ...inputs,
    },
    timeoutMs: 170_000,
  });
}
const canary = () =>
  deploy({ strategy: 'canary', steps: '30,50,100', analysis: 'analysis.yaml', 'step-duration': '10s' });

const isThere = [kubeconfig, image, prometheus].every((value) => value !== '');

describe.runIf(isThere)('a canary with real pods and real traffic', { timeout: 200_000 }, () => {
  let load: Load;

  beforeAll(async () => {
    for (const part of ['action/dist/main', 'workspace']) mkdirSync(join(folder, part), { recursive: true });
    cpSync(join(source, 'action.yml'), join(folder, 'action', 'action.yml'));
    const entry = JSON.stringify(pathToFileURL(join(source, 'lib', 'main.js')).href);
    writeFileSync(join(folder, 'action', 'dist', 'main', 'index.js'), `import ${entry};\n`);
    writeFileSync(join(folder, 'action', 'dist', 'main', 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'workspace', 'analysis.yaml'), ANALYSIS);
    write('v1', 0);
    const first = await deploy();
    expect(first.outputs).toMatchObject({ result: 'deployed', revision: '1' });
    load = new Load(kubectl('get', 'service', 'web', '--output', 'jsonpath={.spec.clusterIP}'));
  }, 200_000);
  afterAll(() => {
    load?.stop();
    kubectl('delete', 'namespace', namespace, '--wait=false');
    rmSync(folder, { recursive: true, force: true });
  });

  it('is promoted by what was measured, and no request is lost', async () => {
    write('v2', 0);
    const result = await canary();
    expect(result.outputs, result.log).toMatchObject({ result: 'deployed', revision: '2' });
    expect(result.log).toMatch(/✓ error rate: 0[.\d]* \(stable 0[.\d]*\)/);
    expect(names('deployments')).toEqual(['deployment.apps/web']);
    expect(load.count('v2 200')).toBeGreaterThan(100);
    expect(load.lost).toEqual([]);
  });

  it('that serves errors is stopped before it gets more, and the stable version never broke', async () => {
    const before = load.count('v2 200');
    write('v3', 60);
    const result = await canary();
    expect(result.outputs, result.log).toMatchObject({ result: 'rolled-back', revision: '2' });
    expect(result.outputs.reason).toMatch(/^Canary at 30 %: error rate: 0\.\d+, more than 0\.1/);
    expect(result.log).not.toContain('Canary at 50 %');
    expect(names('deployments')).toEqual(['deployment.apps/web']);
    expect(load.count('v3 500')).toBeGreaterThan(0);
    expect(load.count('v2 200')).toBeGreaterThan(before);
    expect(load.lost).toEqual([]);
  });

  it('in blue-green, the switch and the way back lose no request', async () => {
    write('v4', 0);
    const forward = await deploy({
      strategy: 'blue-green',
      analysis: 'analysis.yaml',
      'step-duration': '3s',
    });
    expect(forward.outputs).toMatchObject({ result: 'deployed' });
    const served = load.count('v4 200');
    expect(served).toBeGreaterThan(100);
    write('v5', 60);
    const bad = await deploy({ strategy: 'blue-green', analysis: 'analysis.yaml', 'step-duration': '3s' });
    expect(bad.outputs).toMatchObject({ result: 'rolled-back' });
    expect(bad.outputs.reason).toMatch(/^After the switch: error rate/);
    expect(load.count('v4 200')).toBeGreaterThan(served);
    const back = await deploy({ mode: 'rollback' });
    expect(back.outputs).toMatchObject({ result: 'rolled-back' });
    expect(names('deployments')).toEqual(['deployment.apps/web']);
    expect(load.lost).toEqual([]);
  });
});
