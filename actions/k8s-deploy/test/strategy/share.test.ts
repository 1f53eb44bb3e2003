import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KubeClient } from '../../src/cluster/client.ts';
import { Connection } from '../../src/cluster/connection.ts';
import { findAccess } from '../../src/cluster/kubeconfig.ts';
import type { KubeObject } from '../../src/cluster/object.ts';
import type { Site } from '../../src/site.ts';
import { lookUntil } from '../../src/strategy/traffic/look-until.ts';
import { giveShare } from '../../src/strategy/traffic/shift.ts';
import { LoopbackApi } from '../api-server.ts';

const never = new AbortController().signal;
const metadata = { name: 'web', namespace: 'stage' };
const service: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata, spec: {} };
const route: KubeObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata,
  spec: {
    ingressClassName: 'nginx',
    rules: [{ http: { paths: [{ path: '/', backend: { service: { name: 'web' } } }] } }],
  },
};

describe('the share of new versions', () => {
  let api: LoopbackApi;
  beforeEach(async () => {
    api = await LoopbackApi.start();
  });
  afterEach(() => api.stop());

  it('is given once where several have a Service and a route in common', async () => {
    api.put('/apis/discovery.k8s.io/v1/namespaces/stage/endpointslices/web-preview', {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web-preview', labels: { 'kubernetes.io/service-name': 'web-preview' } },
      endpoints: [{ conditions: { ready: true } }],
    });
    const access = await findAccess({ text: api.kubeconfig, path: '', context: '' });
    const client = new KubeClient(new Connection(access));
    const site = { client, inputs: { timeoutMs: 10_000 } } as Site;
    const contender = { routing: { routes: [route], services: [service] } };
    expect(await giveShare(site, [contender, contender], 20, never)).toBeUndefined();
    const asked = (word: string) => api.requests.filter(({ path }) => path.includes(word));
    expect(asked('/endpointslices')).toHaveLength(1);
    expect(asked('/ingresses/web-canary?')).toHaveLength(1);
    expect(asked('/ingresses/web').filter(({ method }) => method === 'GET')).toHaveLength(1);
  });
});

describe('looking until there is an answer', () => {
  const said = (text: string) =>
    vi.mocked(process.stdout.write).mock.calls.filter(([line]) => String(line).includes(text)).length;

  it('says once what is waited for, however late the first look is', async () => {
    const answers = [undefined, undefined, 'there'];
    const look = async () => {
      await new Promise((done) => setTimeout(done, 600));
      return answers.shift();
    };
    expect(await lookUntil(60_000, never, 'web waits for this', look)).toBe('there');
    expect(said('web waits for this')).toBe(1);
  });

  it('ends without one when the time is up, or the job is cancelled', async () => {
    let looks = 0;
    const look = async () => void looks++;
    expect(await lookUntil(1, never, 'waiting', look)).toBeUndefined();
    expect(looks).toBeGreaterThan(0);
    const before = looks;
    expect(await lookUntil(60_000, AbortSignal.abort(), 'waiting', look)).toBeUndefined();
    expect(looks).toBe(before);
  });
});
