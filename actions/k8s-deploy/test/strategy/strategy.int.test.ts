import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from './control-plane.ts';
import { Stage } from './stage.ts';

const labels = { app: 'web' };
const TRACK = 'fairway-ci.github.io/track';

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
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: {
        minReplicas: 2,
        maxReplicas: 8,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web' },
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    },
    ...extra,
  ];
  return { apiVersion: 'v1', kind: 'List', items };
}

const ERRORS = `
interval: 1s
delay: 5s
metrics:
  - name: error rate
    prometheus: |
      sum(rate(requests_total{namespace="{{namespace}}",pod=~"{{pods}}",code="500"}[4s]))
        / sum(rate(requests_total{namespace="{{namespace}}",pod=~"{{pods}}"}[4s]))
    max: 0.1
    stable: { max-ratio: 2, margin: 0.02 }
    minimum-samples: 2
  - name: answers
    http: service/web:80/
`;

describe('strategies on a real API server, with real Prometheus', { timeout: 120_000 }, () => {
  let stage: Stage;
  const ports = new Map<string, number>();

  beforeAll(async () => {
    stage = await Stage.open();
    const images = {
      'web:1': 1,
      'web:2': 1,
      'web:3': 1,
      'web:4': 1,
      'web:errors': 40,
      'web:500': 0,
      'web:crash': 0,
      'web:slow': 0,
    };
    const free = await freePorts(Object.keys(images).length);
    for (const [index, [image, errors]] of Object.entries(images).entries()) {
      const port = free[index] ?? 0;
      ports.set(image, port);
      const status = image === 'web:500' ? 500 : 200;
      await stage.pods.serve(image, port, {
        status,
        errors,
        crashes: image === 'web:crash',
        slow: image === 'web:slow',
      });
    }
    stage.write('analysis.yaml', ERRORS);
    put('web:1');
    const first = await stage.deploy({ manifests: 'all.json', strategy: 'canary' });
    expect(first.outputs).toMatchObject({ result: 'deployed', revision: '1' });
    stage.watchService('web');
  }, 120_000);
  afterAll(async () => stage?.close());

  function put(image: string, extra: readonly object[] = []): void {
    stage.write('all.json', release(image, ports.get(image) ?? 1, extra));
  }
  const canary = (inputs: Record<string, string | boolean> = {}, more = {}) =>
    stage.deploy(
      {
        manifests: 'all.json',
        strategy: 'canary',
        steps: '50,100',
        'step-duration': '4s',
        analysis: 'analysis.yaml',
        'prometheus-url': stage.prometheus,
        'smoke-test': 'service/web:80/',
        ...inputs,
      },
      more,
    );
  const bluegreen = (inputs: Record<string, string | boolean> = {}) =>
    canary({ strategy: 'blue-green', ...inputs });
  const deployments = () => stage.names('/apis/apps/v1/{ns}/deployments');
  const services = () => stage.names('/api/v1/{ns}/services');
  const imageOf = async (name = 'web') => {
    const found = (await stage.get(`/apis/apps/v1/{ns}/deployments/${name}`)) as
      | { spec: { template: { spec: { containers: { image: string }[] } } } }
      | undefined;
    return found?.spec.template.spec.containers[0]?.image;
  };
  const selector = async () => {
    const found = (await stage.get('/api/v1/{ns}/services/web')) as {
      spec: { selector: Record<string, string> };
    };
    return found.spec.selector;
  };
  /** Versions behind the Service: how many ready endpoints of each image. */
  const behind = () => stage.behindService('web');
  const generation = async () => {
    const found = (await stage.get('/apis/apps/v1/{ns}/deployments/web')) as {
      metadata: { generation: number };
    };
    return found.metadata.generation;
  };

  describe('a canary', () => {
    it('is promoted by what Prometheus measured, and leaves nothing behind', async () => {
      put('web:2');
      const result = await canary();
      expect(result.outputs).toMatchObject({ result: 'deployed', revision: '2', 'previous-revision': '1' });
      expect(result.log).toMatch(/Canary at 50 %: Deployment web-canary with 2 beside 2 stable ones/);
      expect(result.log).toMatch(/✓ error rate: 0\.0\d+ \(stable 0\.0\d+\)/);
      expect(result.log).toMatch(/passed: service\/web:80\/ \(new version only\)/);
      expect(result.summary).toMatch(/🟢 good \| error rate \|.*new .*stable /);
      expect(await deployments()).toEqual(['web']);
      expect(await services()).toEqual(['prometheus', 'web']);
      expect(await imageOf()).toBe('web:2');
    });

    it('that serves errors is stopped, and the stable version is not touched', async () => {
      put('web:errors', [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'only-here' } }]);
      const before = await generation();
      const result = await canary();
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ result: 'rolled-back', revision: '2' });
      expect(result.outputs.reason).toMatch(/^Canary at 50 %: error rate: 0\.4, more than 0\.1/);
      expect(result.log).toContain('revision 2 has served all the time');
      expect(result.summary).toContain('🔴 bad');
      expect(await generation()).toBe(before);
      expect(await deployments()).toEqual(['web']);
      expect(await stage.names('/api/v1/{ns}/configmaps')).not.toContain('only-here');
      expect(await behind()).toEqual({ 'web:2': 2 });
    });

    it('that does not pass its smoke test never gets to the analysis', async () => {
      put('web:500');
      const result = await canary({ 'smoke-timeout': '2s' });
      expect(result.outputs.reason).toMatch(
        /smoke test service\/web:80\/ \(new version only\) failed: HTTP 500/,
      );
      expect(result.log).not.toContain('Watch for');
      expect(await deployments()).toEqual(['web']);
    });

    it('that crashes is given up at once, with its reason', async () => {
      put('web:crash');
      const result = await canary();
      expect(result.outputs).toMatchObject({ result: 'rolled-back', revision: '2' });
      expect(result.outputs.reason).toMatch(/Deployment web-canary: .*exit code 3/);
      expect(await deployments()).toEqual(['web']);
    });

    it('about which there is no data is not taken', async () => {
      put('web:3');
      stage.write('blind.yaml', ERRORS.replaceAll('requests_total', 'nothing_total'));
      const result = await canary({ analysis: 'blind.yaml', 'step-duration': '2s' });
      expect(result.outputs).toMatchObject({ result: 'rolled-back', revision: '2' });
      expect(result.outputs.reason).toMatch(
        /error rate: no verdict, 0 of \d+ samples had data and 2 are needed/,
      );
    });

    it('whose query is wrong changes nothing at all', async () => {
      stage.write('wrong.yaml', ERRORS.replace('sum(rate(', 'sum(rate('.slice(0, -1)));
      const before = await stage.names('/api/v1/{ns}/configmaps');
      const result = await canary({ analysis: 'wrong.yaml' });
      expect(result.log).toMatch(/Prometheus refuses the query of 'error rate': bad_data: .*parse error/);
      expect(await stage.names('/api/v1/{ns}/configmaps')).toEqual(before);
    });

    it('can be left on trial, and rejected', async () => {
      const paused = await canary({ pause: true });
      expect(paused.exitCode).toBe(0);
      expect(paused.outputs).toMatchObject({ result: 'paused', revision: '2' });
      expect(await deployments()).toEqual(['web', 'web-canary']);
      expect(await behind()).toEqual({ 'web:2': 2, 'web:3': 2 });
      const rejected = await stage.deploy({ mode: 'reject' });
      expect(rejected.outputs).toMatchObject({ result: 'rolled-back', revision: '2' });
      expect(await deployments()).toEqual(['web']);
      expect(await imageOf()).toBe('web:2');
      const again = await stage.deploy({ mode: 'promote' });
      expect(again.log).toContain('is on trial');
      expect(again.exitCode).toBe(1);
    });

    it('can be left on trial, and promoted without the manifests', async () => {
      const paused = await canary({ pause: true });
      expect(paused.outputs).toMatchObject({ result: 'paused' });
      const promoted = await stage.deploy({ mode: 'promote', 'smoke-test': 'service/web:80/' });
      expect(promoted.outputs).toMatchObject({ result: 'deployed', 'previous-revision': '2' });
      expect(await imageOf()).toBe('web:3');
      expect(await deployments()).toEqual(['web']);
      expect(await services()).toEqual(['prometheus', 'web']);
    });

    it('is asked about by Prometheus inside the cluster and by a command, after the hooks before it have run', async () => {
      const hook = {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'migrate', annotations: { 'fairway-ci.github.io/hook': 'pre-deploy' } },
        spec: {
          suspend: true,
          template: { spec: { restartPolicy: 'Never', containers: [{ name: 'm', image: 'm' }] } },
        },
      };
      put('web:4', [hook]);
      const script = "console.log(process.env.FAIRWAY_CANDIDATE === 'web-canary' ? 7 : 0)";
      const measures = `${ERRORS}  - { name: script, command: [node, -e, "${script}"], min: 7, max: 7 }\n`;
      stage.write('command.yaml', measures);
      const inCluster = { 'prometheus-url': 'service/stage/prometheus:9090' };
      const result = await canary({ ...inCluster, analysis: 'command.yaml' });
      expect(result.outputs).toMatchObject({ result: 'deployed', reason: '' });
      expect(result.log).toContain('✓ script: 7');
      expect(result.log).toMatch(/✓ error rate: 0\.0\d+ \(stable/);
      expect(result.log.match(/(created|changed) +Job migrate/g)).toHaveLength(1);
      expect(result.log.indexOf('Job migrate\n')).toBeLessThan(
        result.log.indexOf('created   Deployment web-canary'),
      );
    });

    it('of a job that is cancelled is taken away at once', async () => {
      put('web:3');
      const cancelled = await canary({ 'step-duration': '1m' }, { signal: AbortSignal.timeout(6_000) });
      expect(cancelled.log).toContain('created   Deployment web-canary');
      expect(cancelled.exitCode).toBe(1);
      expect(await deployments()).toEqual(['web']);
      expect(await services()).toEqual(['prometheus', 'web']);
    });

    it('that passed is taken away as well when the roll-out then fails', async () => {
      put('web:3');
      const result = await canary({ 'smoke-test': 'http://127.0.0.1:1/', 'smoke-timeout': '1s' });
      expect(result.outputs).toMatchObject({ result: 'rolled-back' });
      expect(await deployments()).toEqual(['web']);
      expect(await imageOf()).toBe('web:4');
    });

    it('of a run that was killed is taken away by the next run, whatever its strategy', async () => {
      put('web:2');
      const killed = canary({ 'step-duration': '1m' });
      await sleep(4_000);
      await stage.killRun();
      await killed;
      expect(await deployments()).toEqual(['web', 'web-canary']);
      put('web:3');
      const next = await canary({ strategy: 'rolling', analysis: '', steps: '50' });
      expect(next.exitCode).toBe(0);
      expect(await deployments()).toEqual(['web']);
      expect(await services()).toEqual(['prometheus', 'web']);
      expect(await imageOf()).toBe('web:3');
    });
  });

  it('a rolling release of a cancelled job gives way to the next run at once', async () => {
    put('web:slow');
    const cancel = new AbortController();
    const running = stage.deploy({ manifests: 'all.json', timeout: '2m' }, { signal: cancel.signal });
    for (let look = 0; look < 100 && (await imageOf()) !== 'web:slow'; look++) await sleep(200);
    await sleep(1_000);
    cancel.abort();
    const cancelled = await running;
    expect(cancelled).toMatchObject({ exitCode: 1, signal: null });
    expect(cancelled.log).toMatch(/Revision \d+ is left half-way/);
    put('web:3');
    const next = await stage.deploy({ manifests: 'all.json' });
    expect(next.log).toMatch(/Revision \d+ was interrupted/);
    expect(next.log).not.toContain('looking whether that run still lives');
    expect(next.outputs).toMatchObject({ result: 'deployed' });
    expect(await behind()).toEqual({ 'web:3': 2 });
  });

  describe('blue-green', () => {
    it('starts the first colour apart from the stable pods, and then turns to it', async () => {
      put('web:4');
      const result = await bluegreen();
      expect(result.log).toMatch(/Service web keeps to the pods of Deployment web \(pod-template-hash/);
      expect(result.outputs).toMatchObject({ result: 'deployed' });
      const colour = (await selector())[TRACK] ?? '';
      expect(await selector()).toEqual({ app: 'web', [TRACK]: colour });
      expect(await deployments()).toEqual(['web', `web-${colour}`]);
      expect(await services()).toEqual(['prometheus', 'web']);
      expect(await behind()).toEqual({ 'web:4': 2 });
    });

    it('changes nothing when the same release comes again', async () => {
      const before = await deployments();
      expect((await bluegreen()).outputs).toMatchObject({ result: 'unchanged', changed: '0' });
      expect(await deployments()).toEqual(before);
    });

    it('turns back from a colour that serves errors', async () => {
      const [before, turned] = [await deployments(), await selector()];
      put('web:errors');
      const result = await bluegreen();
      expect(result.outputs).toMatchObject({ result: 'rolled-back' });
      expect(result.outputs.reason).toMatch(/^After the switch: error rate: 0\.4, more than 0\.1/);
      expect(await deployments()).toEqual(before);
      expect(await selector()).toEqual(turned);
    });

    it('never turns to a colour whose smoke test fails', async () => {
      const [before, turned] = [await deployments(), await selector()];
      put('web:500');
      const result = await bluegreen({ 'smoke-timeout': '2s' });
      expect(result.outputs.reason).toMatch(/\(new version only\) failed: HTTP 500/);
      expect(result.log).not.toContain('changed   Service web');
      expect(await deployments()).toEqual(before);
      expect(await selector()).toEqual(turned);
    });

    it('can be left on trial, and promoted', async () => {
      const turned = await selector();
      put('web:3');
      expect((await bluegreen({ pause: true, 'step-duration': '1s' })).outputs).toMatchObject({
        result: 'paused',
      });
      expect(await selector()).toEqual(turned);
      const promoted = await stage.deploy({ mode: 'promote' });
      expect(promoted.outputs).toMatchObject({ result: 'deployed' });
      expect(await behind()).toEqual({ 'web:3': 2 });
      const back = await stage.deploy({ mode: 'rollback' });
      expect(back.outputs).toMatchObject({ result: 'rolled-back' });
      expect(await selector()).toEqual(turned);
    });

    it('of a run that was killed after the switch leaves no gap when the next run heals it', async () => {
      const turned = await selector();
      put('web:2');
      const killed = bluegreen({ 'step-duration': '1s', analysis: '', 'keep-old': '5m' });
      for (let look = 0; look < 100 && (await selector())[TRACK] === turned[TRACK]; look++) await sleep(300);
      await stage.killRun();
      await killed;
      expect(await selector()).not.toEqual(turned);
      put('web:500');
      const next = await bluegreen({ 'smoke-timeout': '1s' });
      expect(next.log).toMatch(/Revision \d+ was interrupted/);
      expect(next.outputs).toMatchObject({ result: 'rolled-back' });
      expect(await selector()).toEqual(turned);
      expect(await behind()).toEqual({ 'web:4': 2 });
    });

    it('keeps one old colour, and goes back to it by turning the Service', async () => {
      const old = (await selector())[TRACK];
      put('web:2', [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings-of-2' } }]);
      expect((await bluegreen()).outputs).toMatchObject({ result: 'deployed' });
      const now = (await selector())[TRACK];
      expect(now).not.toBe(old);
      expect(await deployments()).toEqual([`web-${now}`, `web-${old}`].sort());
      expect(await behind()).toEqual({ 'web:2': 2 });
      const back = await stage.deploy({ mode: 'rollback' });
      expect(back.outputs).toMatchObject({ result: 'rolled-back' });
      expect((await selector())[TRACK]).toBe(old);
      expect(await behind()).toEqual({ 'web:4': 2 });
    });

    it('watches the new colour while the old one is kept, and then lets the old one go', async () => {
      put('web:2', [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings-of-2' } }]);
      await bluegreen({ 'step-duration': '1s', analysis: '' });
      put('web:3');
      await bluegreen({ 'step-duration': '1s', analysis: '', prune: true });
      // What the pods of a kept colour read is kept with it, whatever is pruned.
      expect(await stage.names('/api/v1/{ns}/configmaps')).toContain('settings-of-2');
      put('web:1');
      const result = await bluegreen({ prune: true, 'keep-old': '3s', pause: false });
      expect(result.log).toContain('Watch for 3.0 s');
      expect(result.summary).toContain('After the switch');
      expect(result.outputs).toMatchObject({ result: 'deployed' });
      expect(await stage.names('/api/v1/{ns}/configmaps')).not.toContain('settings-of-2');
      const colour = (await selector())[TRACK];
      expect(await deployments()).toEqual([`web-${colour}`]);
      const scaler = (await stage.get('/apis/autoscaling/v2/{ns}/horizontalpodautoscalers/web')) as {
        spec: { scaleTargetRef: { name: string } };
      };
      expect(scaler.spec.scaleTargetRef.name).toBe(`web-${colour}`);
    });

    it('is left for rolling again without a moment in which nobody serves', async () => {
      put('web:2');
      const result = await canary({ strategy: 'rolling', analysis: '' });
      expect(result.outputs).toMatchObject({ result: 'deployed' });
      expect(await deployments()).toEqual(['web']);
      expect(await selector()).toEqual(labels);
      expect(await behind()).toEqual({ 'web:2': 2 });
    });
  });

  it('in all of that the Service reached ready pods at every moment', () => {
    expect(stage.emptyMoments).toEqual([]);
  });
});
