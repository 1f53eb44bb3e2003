import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canRun, freePorts } from './control-plane.ts';
import { Stage } from './stage.ts';

const labels = { app: 'web' };

/** A Deployment of two replicas, its Service, its autoscaler and its disruption budget. */
function release(image: string, port: number, extra: readonly object[] = []): object {
  const container = {
    name: 'web',
    image,
    ports: [{ name: 'http', containerPort: port }],
    readinessProbe: { httpGet: { path: '/', port } },
  };
  const items = [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 'http' }] },
    },
    ...extra,
  ];
  return { apiVersion: 'v1', kind: 'List', items };
}

describe.runIf(canRun)('strategies against a real API server and Prometheus', { timeout: 120_000 }, () => {
  let stage: Stage;
  const ports = new Map<string, number>();

  beforeAll(async () => {
    stage = await Stage.open();
    const [good = 0, fine = 0, bad = 0] = await freePorts(3);
    await stage.pods.serve('web:1', good, { status: 200, errors: 1 });
    await stage.pods.serve('web:2', fine, { status: 200, errors: 1 });
    await stage.pods.serve('web:bad', bad, { status: 200, errors: 40 });
    ports.set('web:1', good).set('web:2', fine).set('web:bad', bad);
  }, 120_000);
  afterAll(async () => stage?.close());

  const put = (image: string, extra: readonly object[] = []) =>
    stage.write('all.json', release(image, ports.get(image) ?? 1, extra));

  it('rolls out the first release, since there is nothing to compare with', async () => {
    put('web:1');
    const first = await stage.deploy({ manifests: 'all.json', 'smoke-test': 'service/web:80/' });
    expect(first.log).toContain('passed: service/web');
    expect(first.outputs).toMatchObject({ result: 'deployed', revision: '1' });
  });
});
