import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BundleOptions, runBundle } from '@fairway/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LoopbackApi, refuse } from '../api-server.ts';

const action = fileURLToPath(new URL('../..', import.meta.url));
let api: LoopbackApi;
let workspace: string;

beforeEach(async () => {
  api = await LoopbackApi.start();
  workspace = mkdtempSync(join(tmpdir(), 'workspace-'));
  const labels = { app: 'web' };
  const items = [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      // Nothing here would ever make pods of it.
      metadata: { name: 'web', annotations: { 'fairway-ci.github.io/wait': 'false' } },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'web', image: 'web', resources: { requests: { cpu: '500m' } } }] },
        },
      },
    },
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: {
        minReplicas: 2,
        maxReplicas: 10,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
          },
        ],
      },
    },
  ];
  writeFileSync(join(workspace, 'all.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  api.put('/api/v1/namespaces/stage/resourcequotas/compute', {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'compute', namespace: 'stage' },
    spec: { hard: { 'requests.cpu': '2' } },
    status: { used: { 'requests.cpu': '0' } },
  });
});
afterEach(() => api.stop());

const deploy = (inputs: BundleOptions['inputs'] = {}) =>
  runBundle({
    action,
    workspace,
    inputs: { manifests: 'all.json', kubeconfig: api.kubeconfig, release: 'web', ...inputs },
  });
const written = () =>
  api.requests.filter(({ method, path }) => method === 'PATCH' && !path.includes('dryRun'));

describe('scale checks', () => {
  it('tell by default, and the release goes on', async () => {
    const result = await deploy();
    expect(result.outputs).toMatchObject({ result: 'deployed', revision: '1' });
    const warnings = result.commands.filter(({ name }) => name === 'warning').map(({ message }) => message);
    expect(warnings).toEqual([
      expect.stringMatching(/10 pods\) the release asks for requests\.cpu 5.*What to do: maxReplicas: 4/),
      expect.stringMatching(/no live metrics.*no resource metrics API.*metrics-server/),
    ]);
    expect(result.summary).toMatch(/Scale check[\s\S]*maxReplicas: 4/);
    expect(result.log).toMatch(/HorizontalPodAutoscaler web: .*not waited for any longer/);
    const looks = api.requests.length;
    expect((await deploy()).outputs.result).toBe('unchanged');
    // What did not change is not looked at again.
    expect(api.requests.slice(looks).some(({ path }) => /resourcequotas|nodes/.test(path))).toBe(false);
  });

  it('refuse before anything changes where that is wanted', async () => {
    const result = await deploy({ 'scale-checks': 'fail' });
    expect(result.exitCode).toBe(1);
    expect(result.outputs.reason).toMatch(/ResourceQuota compute has 2.*Nothing was changed/);
    expect(written()).toEqual([]);
  });

  it('judge nothing that the account may not see', async () => {
    for (const plural of ['resourcequotas', 'limitranges', 'poddisruptionbudgets', 'nodes']) {
      api.faults.push({
        when: ({ path }) => path.includes(`/${plural}?`),
        answer: refuse(403, 'Forbidden', `${plural} is forbidden`),
      });
    }
    const result = await deploy();
    expect(result.outputs.result).toBe('deployed');
    expect(result.log).not.toContain('ResourceQuota');
  });

  it('do not look where they are off', async () => {
    const result = await deploy({ 'scale-checks': 'off' });
    expect(result.outputs.result).toBe('deployed');
    expect(result.commands.filter(({ name }) => name === 'warning')).toEqual([]);
    expect(api.requests.some(({ path }) => /resourcequotas|nodes/.test(path))).toBe(false);
  });
});
