import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/cluster/object.ts';
import { pullProblem } from '../../src/rollout/image-pull.ts';
import { Patience } from '../../src/rollout/patience.ts';
import { podsOf } from '../../src/rollout/pods.ts';
import { isAwaited, progressOf } from '../../src/rollout/progress.ts';
import { unsteadyMs } from '../../src/rollout/steadiness.ts';
import { View } from '../../src/rollout/view.ts';
import { configMap, deployment } from '../objects.ts';

describe('progressOf', () => {
  const apps = (kind: string, spec: object, status: object, generation = 1): KubeObject => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'x', generation },
    spec,
    status,
  });
  const seen = { observedGeneration: 1 };
  it.each([
    [
      'a status older than the manifest',
      apps(
        'Deployment',
        { replicas: 1 },
        { ...seen, updatedReplicas: 1, availableReplicas: 1, replicas: 1 },
        2,
      ),
      false,
    ],
    ['no status yet', apps('Deployment', { replicas: 0 }, {}), false],
    [
      'all new and available',
      apps('Deployment', { replicas: 2 }, { ...seen, updatedReplicas: 2, availableReplicas: 2, replicas: 2 }),
      true,
    ],
    [
      'old ones left',
      apps('Deployment', { replicas: 2 }, { ...seen, updatedReplicas: 2, availableReplicas: 3, replicas: 3 }),
      false,
    ],
    [
      'old ones serve, new ones do not',
      apps('Deployment', { replicas: 2 }, { ...seen, updatedReplicas: 1, availableReplicas: 2, replicas: 3 }),
      false,
    ],
    ['scaled to nothing', apps('Deployment', { replicas: 0 }, seen), true],
    [
      'a set that is updated in part, as asked',
      apps(
        'StatefulSet',
        { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } },
        {
          ...seen,
          replicas: 3,
          readyReplicas: 3,
          updatedReplicas: 1,
          currentRevision: 'a',
          updateRevision: 'b',
        },
      ),
      true,
    ],
    [
      'a set with one still to update',
      apps(
        'StatefulSet',
        { replicas: 3 },
        {
          ...seen,
          replicas: 3,
          readyReplicas: 3,
          updatedReplicas: 2,
          currentRevision: 'a',
          updateRevision: 'b',
        },
      ),
      false,
    ],
    [
      'a daemon on every node',
      apps(
        'DaemonSet',
        {},
        { ...seen, desiredNumberScheduled: 3, numberAvailable: 3, updatedNumberScheduled: 3 },
      ),
      true,
    ],
    [
      'a daemon with an old pod',
      apps(
        'DaemonSet',
        {},
        { ...seen, desiredNumberScheduled: 3, numberAvailable: 3, updatedNumberScheduled: 2 },
      ),
      false,
    ],
    [
      'a daemon that is updated by hand',
      apps(
        'DaemonSet',
        { updateStrategy: { type: 'OnDelete' } },
        { ...seen, desiredNumberScheduled: 3, numberAvailable: 3 },
      ),
      true,
    ],
  ])('%s', (_, object, ready) => {
    expect(progressOf(object).ready).toBe(ready);
  });

  it('a custom resource is what its conditions say', () => {
    const custom = (conditions: unknown): KubeObject => ({
      apiVersion: 'x.io/v1',
      kind: 'Db',
      metadata: { name: 'd' },
      status: { conditions },
    });
    expect(progressOf(custom([{ type: 'Ready', status: 'False', message: 'creating' }]))).toEqual({
      ready: false,
      detail: 'creating',
    });
    expect(progressOf(custom([{ type: 'Ready', status: 'True' }])).ready).toBe(true);
    expect(progressOf(custom(undefined)).ready).toBe(true);
    const of = (observedGeneration: number) => {
      const object = custom([{ type: 'Ready', status: 'True', observedGeneration }]);
      return progressOf({ ...object, metadata: { ...object.metadata, generation: 2 } }).ready;
    };
    expect([of(1), of(2)]).toEqual([false, true]);
  });

  it('waits for load balancers, and not for other services', () => {
    const service = (type: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's' },
      spec: { type },
    });
    expect([
      isAwaited(service('LoadBalancer')),
      isAwaited(service('ClusterIP')),
      isAwaited(configMap('c')),
    ]).toEqual([true, false, false]);
    expect(progressOf(service('LoadBalancer')).ready).toBe(false);
  });
});

describe('podsOf', () => {
  const owned = (kind: string, name: string, owner: string, extra: object = {}): KubeObject => ({
    apiVersion: 'v1',
    kind,
    metadata: { name, uid: name, ownerReferences: [{ uid: owner, kind: 'X', name: owner }], ...extra },
  });
  const revision = (number: string) => ({ annotations: { 'deployment.kubernetes.io/revision': number } });
  const web = (observedGeneration: number): KubeObject => {
    const base = deployment('web');
    return {
      ...base,
      metadata: { ...base.metadata, uid: 'web', generation: 2, ...revision('2') },
      status: { observedGeneration },
    };
  };
  const view = new View(new Date(0));
  view.take('all', {
    type: 'all',
    objects: [
      owned('ReplicaSet', 'old-set', 'web', revision('1')),
      owned('ReplicaSet', 'new-set', 'web', revision('2')),
      owned('Pod', 'old', 'old-set'),
      owned('Pod', 'new', 'new-set'),
      owned('Pod', 'leaving', 'new-set', { deletionTimestamp: 'now' }),
      owned('Pod', 'stranger', 'another'),
    ],
  });

  it('tells the new revision’s pods from the old ones', () => {
    const { current, old } = podsOf(web(2), view);
    expect([current, old].map((pods) => pods.map(({ metadata }) => metadata.name))).toEqual([
      ['new'],
      ['old'],
    ]);
  });

  it('counts none while the controller has not seen the manifest', () => {
    expect(podsOf(web(1), view).current).toEqual([]);
  });
});

describe('View', () => {
  it('a fresh list replaces what its own watch had shown, and nothing else', () => {
    const view = new View(new Date(0));
    const pod = (name: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, uid: name },
    });
    view.take('a', { type: 'all', objects: [pod('one'), pod('two')] });
    view.take('b', { type: 'set', object: pod('three') });
    view.take('a', { type: 'all', objects: [pod('two')] });
    view.take('b', { type: 'gone', object: pod('three') });
    expect([...view.ofKind('Pod')].map(({ metadata }) => metadata.name)).toEqual(['two']);
  });

  it('forgets what was said of a workload before this rollout, and not what was said of a pod', () => {
    const view = new View(new Date('2026-01-01T12:00:00Z'));
    const event = (kind: string, uid: string, lastTimestamp: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${uid}-e`, uid: `${uid}-e` },
      involvedObject: { kind, uid },
      reason: 'Failed',
      message: 'm',
      lastTimestamp,
    });
    const early = '2026-01-01T11:59:00Z';
    const objects = [
      event('StatefulSet', 'early', early),
      event('Pod', 'pod', early),
      event('StatefulSet', 'now', '2026-01-01T12:00:05Z'),
    ];
    view.take('events', { type: 'all', objects });
    const told = (uid: string) =>
      view.warningsOf({ apiVersion: 'v1', kind: 'X', metadata: { name: 'x', uid } }).length;
    expect([told('early'), told('pod'), told('now')]).toEqual([0, 1, 1]);
  });
});

describe('pullProblem', () => {
  const image = 'ghcr.io/o/not-found:1';
  it.each([
    // Words of containerd 1.6 and 1.7, CRI-O 1.30, and Docker Hub, GHCR and ECR behind them.
    [
      'rpc error: code = NotFound desc = failed to pull and unpack image "ghcr.io/o/not-found:1": failed to resolve reference "ghcr.io/o/not-found:1": ghcr.io/o/not-found:1: not found',
      'image-not-found',
      true,
    ],
    ['reading manifest 1 in ghcr.io/o/not-found: manifest unknown', 'image-not-found', true],
    [
      'failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token: 401 Unauthorized',
      'image-unauthorized',
      true,
    ],
    [
      'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
      'image-unauthorized',
      true,
    ],
    ['no match for platform in manifest: not found', 'image-platform', true],
    ['dial tcp: lookup ghcr.io on 10.0.0.2:53: no such host', 'image-pull', false],
    ['net/http: TLS handshake timeout', 'image-pull', false],
    ['toomanyrequests: You have reached your pull rate limit', 'image-pull', false],
    ['http: server gave HTTP response to HTTPS client', 'image-registry-tls', true],
    ['Back-off pulling image "ghcr.io/o/not-found:1"', 'image-pull', false],
  ])('%s', (said, code, final) => {
    expect(pullProblem(image, said)).toMatchObject({
      code,
      final,
    });
  });
});

describe('Patience', () => {
  const finding = (patienceMs: number | undefined, pod = 'a') => ({
    code: 'quota',
    workload: 'Deployment web',
    namespace: 'n',
    pod,
    message: '',
    remedy: '',
    patienceMs,
  });

  it('gives up at once on what cannot heal', () => {
    expect(new Patience().outlasted([finding(0)], 5)).toHaveLength(1);
  });

  it('counts from when the trouble began, whichever pod has it', () => {
    const patience = new Patience();
    expect(patience.outlasted([finding(2_000, 'a')], 1_000)).toHaveLength(0);
    expect(patience.nextMs([finding(2_000, 'a')], 1_500)).toBe(1_500);
    expect(patience.outlasted([finding(2_000, 'b')], 3_000)).toHaveLength(1);
  });

  it('begins anew after the trouble was gone', () => {
    const patience = new Patience();
    patience.outlasted([finding(2_000)], 0);
    patience.outlasted([], 1_000);
    expect(patience.outlasted([finding(2_000)], 2_500)).toHaveLength(0);
  });

  it('never ends for what may take its time', () => {
    const patience = new Patience();
    patience.outlasted([finding(undefined)], 0);
    expect(patience.outlasted([finding(undefined)], 1e9)).toHaveLength(0);
    expect(patience.nextMs([finding(undefined)], 0)).toBeUndefined();
  });
});

describe('unsteadyMs', () => {
  const now = Date.parse('2026-01-01T00:00:10Z');
  const pod = (startedAt: string, isProbed: boolean, restartCount = 0): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', isProbed }] },
    status: { containerStatuses: [{ name: 'c', restartCount, state: { running: { startedAt } } }] },
  });
  it.each([
    ['probed: ready is ready', pod('2026-01-01T00:00:09Z', true), 0],
    ['without a probe it has to last', pod('2026-01-01T00:00:08Z', false), 3_000],
    ['and then it has', pod('2026-01-01T00:00:04Z', false), 0],
    ['once died, it has to last longer', pod('2026-01-01T00:00:08Z', true, 1), 8_000],
    ['a node’s clock ahead of ours costs no more than the whole', pod('2026-01-01T01:00:00Z', false), 5_000],
  ])('%s', (_, given, ms) => {
    expect(unsteadyMs([given], now)).toBe(ms);
  });
});
