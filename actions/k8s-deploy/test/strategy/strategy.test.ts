import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/cluster/object.ts';
import { keyOf } from '../../src/cluster/object.ts';
import { inWaves } from '../../src/source/order.ts';
import { blueGreenPlan } from '../../src/strategy/blue-green.ts';
import { canaryPlan } from '../../src/strategy/canary.ts';
import { canaryOf, nameBeside, previewOf } from '../../src/strategy/candidate.ts';
import { coloured, colourIn, inItsColour } from '../../src/strategy/colour.ts';
import { parseSteps, replicasFor, shareOf } from '../../src/strategy/steps.ts';
import { canarySubjects, changedInPlace } from '../../src/strategy/subjects.ts';
import { podSelector, TRACK } from '../../src/strategy/track.ts';
import { displaced } from '../../src/strategy/withdraw.ts';
import { configMap, deployment } from '../objects.ts';

function service(
  name: string,
  selector: Record<string, string>,
  extra: Record<string, unknown> = {},
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'stage', annotations: { 'external-dns/hostname': 'x.example.com' } },
    spec: {
      type: 'LoadBalancer',
      ports: [{ port: 80, targetPort: 'http', nodePort: 30080 }],
      selector,
      ...extra,
    },
  };
}
function autoscaler(target: string): KubeObject {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: target, namespace: 'stage' },
    spec: {
      minReplicas: 4,
      maxReplicas: 9,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target },
    },
  };
}
const running = (object: KubeObject, replicas = 3): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, uid: object.metadata.name },
  spec: { ...(object.spec as object), replicas },
  status: { readyReplicas: replicas },
});
const liveOf = (...objects: KubeObject[]) => new Map(objects.map((object) => [keyOf(object), object]));

describe('the steps of a canary', () => {
  it.each([
    ['10,50,100', [10, 50]],
    ['5 20', [5, 20]],
    ['10%, 30%', [10, 30]],
    ['99', [99]],
  ])('%s', (text, steps) => expect(parseSteps(text)).toEqual(steps));
  it.each(['', '0,50', '50,10', '10,10', '100', '101', 'ten', '10,-5', '1e1', '10,,x'])(
    'refuses %j',
    (text) => {
      expect(() => parseSteps(text)).toThrow(/percentages that rise/);
    },
  );

  it.each([
    [10, 1, 1, 50],
    [10, 3, 1, 25],
    [10, 9, 1, 10],
    [10, 18, 2, 10],
    [50, 4, 4, 50],
    [90, 4, 4, 50],
    [25, 9, 3, 25],
  ])('%i %% beside %i stable ones are %i, which get %i %%', (percent, stable, replicas, share) => {
    expect(replicasFor(percent, stable)).toBe(replicas);
    expect(shareOf(replicas, stable)).toBe(share);
  });

  it('never take more than half, never less than one, and never less for more percent', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 1, max: 500 }),
        (a, b, stable) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)];
          const [few, many] = [replicasFor(low, stable), replicasFor(high, stable)];
          expect(few).toBeGreaterThanOrEqual(1);
          expect(many).toBeLessThanOrEqual(stable);
          expect(few).toBeLessThanOrEqual(many);
          // At least the share that was asked for, where half is not the limit.
          if (few < stable) expect(few / (few + stable)).toBeGreaterThanOrEqual(low / 100 - 1e-9);
        },
      ),
    );
  });
});

describe('a canary', () => {
  const web = deployment('web');
  it('has every label of the stable pods, and one more that its own selector asks for', () => {
    const canary = canaryOf(web, 2);
    expect(canary).toMatchObject({
      metadata: { name: 'web-canary', labels: { [TRACK]: 'canary' } },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web', [TRACK]: 'canary' } },
        template: { metadata: { labels: { app: 'web', [TRACK]: 'canary' } } },
      },
    });
  });
  it('can be taken away, whatever protects the stable one', () => {
    const kept = {
      ...web,
      metadata: { ...web.metadata, annotations: { 'fairway-ci.github.io/protect': 'true', a: 'b' } },
    };
    expect(canaryOf(kept, 1).metadata.annotations).toEqual({ a: 'b' });
  });
  it('has pods that the selector of the stable ones leaves out', () => {
    expect(podSelector(web)).toBe(`app=web,!${TRACK}`);
    expect(podSelector(canaryOf(web, 1))).toBe(`app=web,${TRACK}=canary`);
    const selector = {
      matchExpressions: [
        { key: 'a', operator: 'In', values: ['x', 'y'] },
        { key: 'b', operator: 'Exists' },
      ],
    };
    expect(podSelector(deployment('web', 'web', { selector }))).toBe(`a in (x,y),b,!${TRACK}`);
  });
  it('keeps its name within what a label holds', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,80}$/), (name) => {
        expect(nameBeside(name, 'canary').length).toBeLessThanOrEqual(63);
      }),
    );
  });
  it('is previewed inside the cluster only', () => {
    const preview = previewOf(service('web', { app: 'web' }), 'canary');
    expect(preview.metadata.name).toBe('web-preview');
    expect(preview.metadata.annotations).toBeUndefined();
    expect(preview.spec).toEqual({
      type: 'ClusterIP',
      ports: [{ port: 80, targetPort: 'http' }],
      selector: { app: 'web', [TRACK]: 'canary' },
    });
  });
});

describe('what a canary is made of', () => {
  const old = deployment('web', 'web:1');
  const next = deployment('web', 'web:2');
  const front = service('web', { app: 'web' });
  const subjects = (objects: KubeObject[], before: KubeObject[], live: KubeObject[]) =>
    canarySubjects(objects, before, liveOf(...live)).map(({ deployment: { metadata } }) => metadata.name);

  it('is a served Deployment whose pods change', () => {
    expect(subjects([next, front], [old], [running(old)])).toEqual(['web']);
  });
  it.each([
    ['its pods stay the same', [old, front], [old], [running(old)]],
    ['nobody sends it requests', [next, service('web', { app: 'other' })], [old], [running(old)]],
    ['a Service selects nothing', [next, service('web', {})], [old], [running(old)]],
    ['it is new', [next, front], [], []],
    ['no stable pod is ready', [next, front], [old], [{ ...running(old), status: {} }]],
    ['it is scaled to nothing', [next, front], [old], [running(old, 0)]],
    [
      'its Service is in another namespace',
      [next, { ...front, metadata: { name: 'web', namespace: 'x' } }],
      [old],
      [running(old)],
    ],
  ])('is nothing where %s', (_name, objects, before, live) =>
    expect(subjects(objects, before, live)).toEqual([]),
  );

  it('leaves out what asks for it', () => {
    const out = {
      ...next,
      metadata: { ...next.metadata, annotations: { 'fairway-ci.github.io/strategy': 'rolling' } },
    };
    expect(subjects([out, front], [old], [running(old)])).toEqual([]);
  });
  it('is refused for what must not run twice', () => {
    const once = deployment('web', 'web:2', { ...(next.spec as object), strategy: { type: 'Recreate' } });
    expect(() => subjects([once, front], [old], [running(old)])).toThrow(/Recreate/);
  });
  it('scales by what the stable one has now', () => {
    const plan = canaryPlan([next, front], [old], liveOf(running(old)), {
      steps: [10, 50],
      stepMs: 1,
      traffic: 'auto',
    });
    expect(plan.contenders.map(({ candidate }) => candidate.metadata.name)).toEqual(['web-canary']);
    expect(plan.stages.map((stage) => stage.replicas(next, 9))).toEqual([1, 9]);
  });

  it('finds settings that change under the same name', () => {
    const pod = {
      containers: [{ name: 'a', envFrom: [{ configMapRef: { name: 'env' } }] }],
      volumes: [{ projected: { sources: [{ secret: { name: 'key' } }] } }, { configMap: { name: 'same' } }],
    };
    const reader = deployment('web', 'web', { template: { spec: pod } });
    const secret = { ...configMap('key', { a: '1' }), kind: 'Secret' };
    const before = [configMap('env', { A: '1' }), secret, configMap('same'), configMap('unread', { A: '1' })];
    const now = [
      configMap('env', { A: '2' }),
      { ...secret, data: { a: '2' } },
      configMap('same'),
      configMap('unread', { A: '2' }),
      configMap('new'),
    ];
    expect(changedInPlace(reader, now, before).map(({ metadata }) => metadata.name)).toEqual(['env', 'key']);
  });
});

describe('a colour', () => {
  const objects = [
    deployment('web', 'web:2'),
    service('web', { app: 'web' }),
    autoscaler('web'),
    deployment('worker'),
    configMap('c'),
  ];
  const green = coloured(objects, 'r5');

  it('is on the served Deployment, its Service and its autoscaler, and on nothing else', () => {
    expect(green.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'Deployment web-r5',
      'Service web',
      'HorizontalPodAutoscaler web',
      'Deployment worker',
      'ConfigMap c',
    ]);
    expect(green[0]).toMatchObject({ spec: { selector: { matchLabels: { [TRACK]: 'r5' } } } });
    expect(green[1]).toMatchObject({ spec: { selector: { app: 'web', [TRACK]: 'r5' } } });
    expect(green[2]).toMatchObject({ spec: { scaleTargetRef: { name: 'web-r5' } } });
    expect(green.slice(3)).toEqual(objects.slice(3));
  });
  it('is turned to only when its pods are ready', () => {
    const waves = inWaves(green).map((wave) =>
      wave.objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    );
    expect(waves.at(-1)).toEqual(['Service web', 'HorizontalPodAutoscaler web']);
    expect(waves[0]).toContain('Deployment web-r5');
  });
  it('stays when the same release comes again, and is new for another', () => {
    expect(colourIn(green)).toBe('r5');
    expect(inItsColour(objects, green, 9)).toEqual(green);
    const next = [deployment('web', 'web:3'), ...objects.slice(1)];
    expect(colourIn(inItsColour(next, green, 9))).toBe('r9');
    expect(colourIn(inItsColour(objects, objects, 2))).toBe('r2');
  });
  it('comes up as large as what serves, and no smaller than its autoscaler wants', () => {
    const blue = running(coloured(objects, 'r4')[0] as KubeObject, 7);
    const plan = blueGreenPlan(green, [blue], { stepMs: 1 });
    expect(plan.contenders).toHaveLength(1);
    expect(plan.contenders[0]?.services.map(({ metadata }) => metadata.name)).toEqual(['web']);
    const [stage] = plan.stages;
    expect(stage?.replicas(green[0] as KubeObject, 7)).toBe(7);
    expect(stage?.replicas(green[0] as KubeObject, 1)).toBe(4);
  });
  it('finds what it has replaced, and not what is kept', () => {
    const about = { commit: '', run: '', actor: '', images: {}, startedAt: '', reason: '' };
    const rolled = {
      release: 'web',
      namespace: 'stage',
      number: 1,
      state: 'good' as const,
      objects,
      created: [],
      about,
    };
    expect(displaced(green, [rolled]).map(({ name }) => name)).toEqual(['web']);
    expect(displaced([...green, ...objects], [rolled])).toEqual([]);
  });
  it('is refused for what must not run twice', () => {
    const once = deployment('web', 'web', {
      ...(deployment('web').spec as object),
      strategy: { type: 'Recreate' },
    });
    expect(() => coloured([once, service('web', { app: 'web' })], 'r1')).toThrow(/Recreate/);
  });
});
