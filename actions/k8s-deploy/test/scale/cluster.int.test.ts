import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BundleOptions, runBundle } from '@fairway/testing';
import { afterAll, describe, expect, it } from 'vitest';

/** With real pods and metrics-server (`npm run test:int` has it); see ../cluster.int.test.ts for the settings. */
const kubeconfig = process.env.FAIRWAY_INT_KUBECONFIG ?? '';
const image = process.env.FAIRWAY_INT_IMAGE ?? '';
const action = fileURLToPath(new URL('../..', import.meta.url));
const workspace = mkdtempSync(join(tmpdir(), 'workspace-'));
const namespace = `fairway-scale-${process.pid}`;
const labels = { app: 'web' };

function write(most: number, more: readonly object[] = []): void {
  const container = {
    name: 'web',
    image,
    command: ['node', '-e', "require('http').createServer((q, s) => s.end('ok')).listen(8080)"],
    readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
    resources: { requests: { cpu: '50m', memory: '32Mi' } },
  };
  const items = [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { terminationGracePeriodSeconds: 1, containers: [container] },
        },
      },
    },
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: {
        minReplicas: 2,
        maxReplicas: most,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 90 } },
          },
        ],
      },
    },
    ...more,
  ];
  writeFileSync(join(workspace, 'all.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}

const kubectl = (...args: string[]) =>
  execFileSync('kubectl', ['--kubeconfig', kubeconfig, '--namespace', namespace, ...args], {
    encoding: 'utf8',
  });
const deploy = (inputs: BundleOptions['inputs'] = {}) =>
  runBundle({
    action,
    workspace,
    inputs: {
      'kubeconfig-path': kubeconfig,
      namespace,
      release: 'web',
      manifests: 'all.json',
      'create-namespace': true,
      ...inputs,
    },
    timeoutMs: 180_000,
  });

describe.runIf(kubeconfig !== '' && image !== '')('scale', { timeout: 240_000 }, () => {
  afterAll(() => {
    kubectl('delete', 'namespace', namespace, '--wait=false');
  });

  it('an autoscaler is ready when its metrics live', async () => {
    write(4);
    const result = await deploy();
    expect(result.exitCode, result.log).toBe(0);
    expect(result.log).toContain('HorizontalPodAutoscaler web: has live metrics');
    expect(result.log).not.toContain('Scale check');
    const active = '{.status.conditions[?(@.type=="ScalingActive")].status}';
    expect(kubectl('get', 'hpa', 'web', '--output', `jsonpath=${active}`)).toBe('True');
  });

  it('a quota and a budget that stand in its way are told', async () => {
    write(400, [
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'compute' },
        spec: { hard: { 'requests.cpu': '1' } },
      },
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'web' },
        spec: { minAvailable: 2, selector: { matchLabels: labels } },
      },
    ]);
    const refused = await deploy({ 'scale-checks': 'fail' });
    expect(refused.outputs.reason).toContain('Nothing was changed');
    const result = await deploy();
    expect(result.exitCode, result.log).toBe(0);
    const warnings = result.commands.filter(({ name }) => name === 'warning').map(({ message }) => message);
    expect(warnings).toEqual([
      expect.stringContaining('maxReplicas: 20'),
      expect.stringMatching(/may ask for 400 pods; the one node that fits takes \d+/),
      expect.stringMatching(/PodDisruptionBudget web \(minAvailable: 2\) lets no pod/),
    ]);
  });

  it('an ingress that nobody gives an address does not hold a release up for ever', async () => {
    const backend = { service: { name: 'web', port: { number: 80 } } };
    const paths = [{ path: '/', pathType: 'Prefix', backend }];
    const ingress = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'web' },
      spec: { ingressClassName: 'nobody', rules: [{ host: 'web.example.com', http: { paths } }] },
    };
    writeFileSync(join(workspace, 'ingress.json'), JSON.stringify(ingress));
    const result = await deploy({ release: 'way', manifests: 'ingress.json' });
    expect(result.exitCode, result.log).toBe(0);
    expect(result.log).toContain('Ingress web: no address yet; not waited for any longer');
  });
});
