import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/cluster/object.ts';
import { leftForOthers, wantsResources } from '../../src/rollout/elsewhere.ts';
import { isAwaited, progressOf } from '../../src/rollout/progress.ts';
import { allowedBy, selectorFinds } from '../../src/scale/budget.ts';
import { type Sizing, sizingsOf } from '../../src/scale/concern.ts';
import { fittingNodes, podsOn } from '../../src/scale/place.ts';
import { podSize, withoutRequest } from '../../src/scale/pod-size.ts';
import { quantity, written } from '../../src/scale/quantity.ts';
import { limitRangeConcerns, quotaConcerns } from '../../src/scale/quota.ts';
import { roomConcerns } from '../../src/scale/room.ts';
import { budgetConcerns, metricConcerns, requestConcerns, spreadConcerns } from '../../src/scale/survival.ts';

const object = (kind: string, name: string, rest: object = {}, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'stage', ...metadata },
  ...rest,
});
const requests = (cpu: string, memory = '64Mi') => ({ resources: { requests: { cpu, memory } } });
function web(container: object, replicas = 2, pod: object = {}): KubeObject {
  const labels = { app: 'web' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'stage' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', ...container }], ...pod } },
    },
  };
}
function scaler(least: number, most: number, metrics: readonly object[] = []): KubeObject {
  const spec = {
    minReplicas: least,
    maxReplicas: most,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    metrics,
  };
  return { ...object('HorizontalPodAutoscaler', 'web-scaler', { spec }), apiVersion: 'autoscaling/v2' };
}
const sizes = (...objects: KubeObject[]): Sizing[] => sizingsOf(objects);
const codes = (concerns: readonly { readonly code: string }[]) => concerns.map(({ code }) => code);
const node = (name: string, cpu: string, more: { spec?: object; labels?: object; memory?: string } = {}) =>
  object(
    'Node',
    name,
    {
      spec: more.spec ?? {},
      status: {
        allocatable: { cpu, memory: more.memory ?? '64Gi', pods: '110' },
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    },
    { labels: more.labels ?? {} },
  );

describe('quantities', () => {
  it.each([
    ['100m', 0.1],
    ['2', 2],
    [3, 3],
    ['1.5', 1.5],
    ['96Mi', 96 * 2 ** 20],
    ['1Gi', 2 ** 30],
    ['1G', 1e9],
    ['2e3', 2_000],
    ['1E', 1e18],
    ['128974848000m', 128_974_848],
    ['12k', 12_000],
    ['', undefined],
    ['1 Gi', undefined],
    ['Mi', undefined],
    [null, undefined],
  ])('%j is %j', (text, value) => {
    if (value === undefined) expect(quantity(text)).toBeUndefined();
    else expect(quantity(text)).toBeCloseTo(value, 9);
  });

  it('are written for people', () => {
    expect(written('requests.cpu', 1.23456)).toBe('1.235');
    expect(written('limits.memory', 640 * 2 ** 20)).toBe('640Mi');
    expect(written('memory', 1.5 * 2 ** 30)).toBe('1.5Gi');
  });
});

describe('the size of a pod', () => {
  const cpu = (spec: object, ranges: KubeObject[] = []) => podSize(spec, ranges).requests.get('cpu');
  it('is its containers together, or its largest init container; sidecars count with both', () => {
    const containers = [requests('100m'), requests('200m')];
    expect(cpu({ containers })).toBeCloseTo(0.3);
    expect(cpu({ containers, initContainers: [requests('1')] })).toBeCloseTo(1);
    const sidecar = { ...requests('50m'), restartPolicy: 'Always' };
    expect(cpu({ containers, initContainers: [sidecar] })).toBeCloseTo(0.35);
    expect(cpu({ containers, initContainers: [sidecar, requests('1')] })).toBeCloseTo(1.05);
    expect(cpu({ containers, overhead: { cpu: '10m' } })).toBeCloseTo(0.31);
  });

  it('a request that is not written is the limit, and then the default of the namespace', () => {
    const range = object('LimitRange', 'l', {
      spec: { limits: [{ type: 'Container', defaultRequest: { cpu: '70m' }, default: { cpu: '500m' } }] },
    });
    expect(cpu({ containers: [{ resources: { limits: { cpu: '2' } } }] })).toBe(2);
    expect(cpu({ containers: [{ resources: { limits: { cpu: '2' } } }] }, [range])).toBe(2);
    expect(cpu({ containers: [{}] }, [range])).toBeCloseTo(0.07);
    expect(podSize({ containers: [{}] }, [range]).limits.get('cpu')).toBe(0.5);
    expect(cpu({ containers: [{}] })).toBeUndefined();
    expect(
      withoutRequest({ containers: [{ name: 'a' }, { name: 'b', ...requests('1') }] }, 'cpu', []),
    ).toEqual(['a']);
    expect(withoutRequest({ containers: [{ name: 'a' }] }, 'cpu', [range])).toEqual([]);
  });
});

describe('quota', () => {
  const quota = (hard: object, used: object = {}, spec: object = {}) =>
    object('ResourceQuota', 'compute', { spec: { hard, ...spec }, status: { used } });
  const look = (sizings: Sizing[], quotas: KubeObject[], live = new Map<string, KubeObject>()) =>
    quotaConcerns(sizings, live, { quotas, limitRanges: [] });

  it('is asked for the most that an autoscaler may want', () => {
    const sizings = sizes(web(requests('500m')), scaler(2, 10));
    expect(look(sizings, [quota({ 'requests.cpu': '5' })])).toEqual([]);
    const [concern] = look(sizings, [quota({ 'requests.cpu': '4' }, { 'requests.cpu': '1' })]);
    expect(concern?.message).toBe(
      'at its largest (HorizontalPodAutoscaler web-scaler: 10 pods) the release asks for requests.cpu 5; the ResourceQuota compute has 4, of which others use 1',
    );
    expect(concern?.remedy).toBe('maxReplicas: 6  or raise the quota:  requests.cpu: "6"');
  });

  it('does not count what the release itself uses now twice', () => {
    const running = new Map([['Deployment web', { ...web(requests('500m')), status: { replicas: 4 } }]]);
    const sizings = sizes(web(requests('500m')), scaler(2, 8));
    const used = quota({ 'requests.cpu': '4' }, { 'requests.cpu': '2' });
    expect(look(sizings, [used], running)).toEqual([]);
    expect(codes(look(sizings, [used]))).toEqual(['quota']);
  });

  it.each([
    [{ pods: '9' }, ['quota']],
    [{ 'count/pods': '10' }, []],
    [{ cpu: '1' }, ['quota']],
    [{ 'limits.cpu': '1' }, []],
    [{ memory: '600Mi' }, ['quota']],
    [{ 'requests.storage': '1Gi' }, []],
  ])('knows the entry %j', (hard, expected) => {
    expect(codes(look(sizes(web(requests('500m')), scaler(2, 10)), [quota(hard)]))).toEqual(expected);
  });

  it('leaves out quotas for other pods', () => {
    const scoped = quota({ pods: '1' }, {}, { scopes: ['BestEffort'] });
    expect(look(sizes(web(requests('500m'))), [scoped])).toEqual([]);
  });

  it('limit ranges are kept to', () => {
    const range = (limits: object) => object('LimitRange', 'bounds', { spec: { limits: [limits] } });
    const found = (container: object, limits: object) =>
      limitRangeConcerns(sizes(web(container)), { quotas: [], limitRanges: [range(limits)] });
    expect(found(requests('500m'), { type: 'Container', max: { cpu: '1' } })).toEqual([]);
    expect(found(requests('2'), { type: 'Container', max: { cpu: '1' } })[0]?.message).toContain(
      'container web of Deployment web does not keep to the LimitRange bounds (cpu 2, at most 1)',
    );
    expect(codes(found(requests('5m'), { type: 'Container', min: { cpu: '10m' } }))).toEqual(['limit-range']);
    expect(codes(found(requests('2'), { type: 'Pod', max: { cpu: '1' } }))).toEqual(['limit-range']);
    expect(found(requests('2'), { type: 'PersistentVolumeClaim', max: { storage: '1' } })).toEqual([]);
  });
});

describe('room on the nodes', () => {
  const zone = (name: string) => ({ labels: { 'topology.kubernetes.io/zone': name } });
  it.each([
    ['enough', [node('a', '4'), node('b', '4')], 2, 4, []],
    ['a pod larger than any node', [node('a', '0.5'), node('b', '0.9')], 2, 4, ['pod-too-large']],
    ['an autoscaler that asks for more than there is', [node('a', '2'), node('b', '1')], 2, 4, ['no-room']],
    [
      'more machines where they come from',
      [node('a', '2', { spec: { providerID: 'aws:///eu/i-1' } })],
      2,
      9,
      [],
    ],
    ['a lost node', [node('a', '4'), node('b', '1')], 2, 5, ['lost-node']],
    ['one node only, which nobody can lose and keep', [node('a', '8')], 2, 4, []],
    [
      'a lost zone',
      [node('a', '2', zone('x')), node('b', '2', zone('x')), node('c', '2', zone('y'))],
      3,
      6,
      ['lost-zone'],
    ],
    ['a full memory', [node('a', '8', { memory: '64Mi' })], 1, 2, ['no-room']],
    ['nodes that are closed', [node('a', '8', { spec: { unschedulable: true } })], 1, 2, []],
  ])('%s', (_, nodes, least, most, expected) => {
    expect(codes(roomConcerns(sizes(web(requests('1')), scaler(least, most)), nodes, []))).toEqual(expected);
  });

  it('counts pods by the scarcest', () => {
    expect(
      podsOn(node('a', '4', { memory: '1Gi' }), podSize({ containers: [requests('1', '512Mi')] }, [])),
    ).toBe(2);
    expect(podsOn(node('a', '4'), podSize({ containers: [{}] }, []))).toBe(110);
    expect(podsOn(node('a', '0.3'), podSize({ containers: [requests('0.1')] }, []))).toBe(3);
  });

  const taint = { key: 'gpu', value: 'yes', effect: 'NoSchedule' };
  const required = (rule: object) => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [rule] }] },
      },
    },
  });
  it.each([
    ['a taint', { spec: { taints: [taint] } }, {}, false],
    ['a taint that only prefers', { spec: { taints: [{ ...taint, effect: 'PreferNoSchedule' }] } }, {}, true],
    [
      'a taint that is tolerated',
      { spec: { taints: [taint] } },
      { tolerations: [{ key: 'gpu', value: 'yes' }] },
      true,
    ],
    ['another value', { spec: { taints: [taint] } }, { tolerations: [{ key: 'gpu', value: 'no' }] }, false],
    ['every taint', { spec: { taints: [taint] } }, { tolerations: [{ operator: 'Exists' }] }, true],
    [
      'another effect',
      { spec: { taints: [taint] } },
      { tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoExecute' }] },
      false,
    ],
    ['a selector', { labels: { disk: 'ssd' } }, { nodeSelector: { disk: 'ssd' } }, true],
    ['a selector that misses', { labels: { disk: 'hdd' } }, { nodeSelector: { disk: 'ssd' } }, false],
    [
      'an affinity',
      { labels: { disk: 'ssd' } },
      required({ key: 'disk', operator: 'In', values: ['ssd'] }),
      true,
    ],
    [
      'an affinity that misses',
      { labels: { disk: 'ssd' } },
      required({ key: 'disk', operator: 'NotIn', values: ['ssd'] }),
      false,
    ],
    ['a number', { labels: { cores: '8' } }, required({ key: 'cores', operator: 'Gt', values: ['4'] }), true],
  ])('fits: %s', (_, more, pod, fits) => {
    expect(fittingNodes(pod, [node('a', '1', more)])).toHaveLength(fits ? 1 : 0);
  });
});

describe('budgets', () => {
  const budget = (name: string, spec: object) => object('PodDisruptionBudget', name, { spec });
  const selector = { matchLabels: { app: 'web' } };
  it.each([
    [{ maxUnavailable: 1 }, 3, 1],
    [{ maxUnavailable: 0 }, 3, 0],
    [{ maxUnavailable: '50%' }, 3, 2],
    [{ minAvailable: 2 }, 3, 1],
    [{ minAvailable: 3 }, 3, 0],
    [{ minAvailable: '50%' }, 3, 1],
    [{ minAvailable: '34%' }, 3, 1],
    [{}, 3, 2],
    [{ maxUnavailable: 5 }, 3, 3],
  ])('%j lets, of %i, go %i', (spec, replicas, allowed) => {
    expect(allowedBy(budget('b', spec), replicas)).toBe(allowed);
  });

  it.each([
    ['none', [], 2, []],
    ['one that lets go', [budget('b', { selector, maxUnavailable: 1 })], 2, []],
    ['one that holds all', [budget('b', { selector, minAvailable: 2 })], 2, ['budget-blocks']],
    ['one for a single pod', [budget('b', { selector, minAvailable: 1 })], 1, ['budget-blocks']],
    ['one for nothing', [budget('b', { selector, minAvailable: 1 })], 0, []],
    ['one for others', [budget('b', { selector: { matchLabels: { app: 'x' } }, maxUnavailable: 0 })], 2, []],
    ['two', [budget('b', { selector }), budget('c', { selector })], 3, ['budgets-overlap']],
  ])('%s', (_, budgets, least, expected) => {
    expect(codes(budgetConcerns(sizes(web({}), scaler(least, 5)), budgets))).toEqual(expected);
  });

  it.each([
    [{}, true],
    [{ matchLabels: { a: '1', b: '2' } }, false],
    [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['1', '2'] }] }, true],
    [{ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['1'] }] }, false],
    [{ matchExpressions: [{ key: 'b', operator: 'NotIn', values: ['1'] }] }, true],
    [{ matchExpressions: [{ key: 'b', operator: 'Exists' }] }, false],
    [{ matchExpressions: [{ key: 'b', operator: 'DoesNotExist' }] }, true],
  ])('the selector %j finds {a: 1}: %j', (given, finds) => {
    expect(selectorFinds(given, { a: '1' })).toBe(finds);
  });
});

describe('autoscalers', () => {
  const utilization = {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
  };
  const value = {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '1' } },
  };
  it('a share of a request needs one', () => {
    const found = (container: object, metric: object) =>
      codes(requestConcerns(sizes(web(container), scaler(1, 2, [metric])), []));
    expect(found({}, utilization)).toEqual(['no-request']);
    expect(found(requests('1'), utilization)).toEqual([]);
    expect(found({}, value)).toEqual([]);
  });

  const says = (condition: object | undefined, created = '2026-01-01T00:00:00Z'): KubeObject => ({
    ...scaler(1, 2, [value]),
    metadata: { name: 'web-scaler', namespace: 'stage', creationTimestamp: created },
    status: { conditions: condition ? [{ type: 'ScalingActive', ...condition }] : [] },
  });
  const blind = { status: 'False', reason: 'FailedGetResourceMetric', message: 'no metrics returned' };
  it.each([
    ['live', says({ status: 'True' }), true, []],
    ['blind', says(blind), true, ['no-metrics']],
    ['off', says({ status: 'False', reason: 'ScalingDisabled' }), true, []],
    ['not looked yet', says(undefined), true, []],
    ['not looked yet, and nothing to look at', says(undefined), false, ['no-metrics']],
  ])('%s', (_, one, serves, expected) => {
    expect(codes(metricConcerns([one], serves))).toEqual(expected);
  });

  it('are waited for until their metrics live, and not for ever', () => {
    const at = (iso: string) => Date.parse(iso);
    const patience = { metrics: 60_000, address: 20_000 };
    expect(isAwaited(says(undefined))).toBe(true);
    expect(progressOf(says({ status: 'True' })).ready).toBe(true);
    expect(progressOf(says(blind))).toEqual({ ready: false, detail: 'no live metrics: no metrics returned' });
    expect(leftForOthers(says(undefined), at('2026-01-01T00:00:10Z'), patience)).toBe(50_000);
    expect(leftForOthers(says(undefined), at('2026-01-01T00:01:10Z'), patience)).toBe(0);
    const since = { ...blind, lastTransitionTime: '2026-01-01T00:05:00Z' };
    expect(leftForOthers(says(since), at('2026-01-01T00:05:10Z'), patience)).toBe(50_000);
    expect(leftForOthers(web({}), 0, patience)).toBeUndefined();
    expect(wantsResources(scaler(1, 2, [value, { type: 'External' }]))).toBe(false);
  });

  it('an ingress is waited for until it has an address, and not for ever', () => {
    const ingress = (addresses: object[]) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'web', creationTimestamp: '2026-01-01T00:00:00Z' },
      status: { loadBalancer: { ingress: addresses } },
    });
    expect(progressOf(ingress([{ ip: '10.0.0.1' }])).ready).toBe(true);
    expect(progressOf(ingress([])).ready).toBe(false);
    const patience = { metrics: 60_000, address: 20_000 };
    expect(leftForOthers(ingress([]), Date.parse('2026-01-01T00:00:05Z'), patience)).toBe(15_000);
    expect(leftForOthers(ingress([]), Date.parse('2026-01-01T00:00:30Z'), patience)).toBe(0);
  });
});

describe('spread', () => {
  const pod = (name: string, nodeName: string) => object('Pod', name, { spec: { nodeName } });
  const zone = (name: string) => ({ labels: { 'topology.kubernetes.io/zone': name } });
  const nodes = [node('a', '4', zone('x')), node('b', '4', zone('x')), node('c', '4', zone('y'))];
  it.each([
    ['over nodes and zones', ['a', 'c'], nodes, 2, []],
    ['over the nodes of one zone', ['a', 'b'], nodes, 2, ['one-zone']],
    ['on one node', ['a', 'a'], nodes, 2, ['one-node', 'one-zone']],
    ['on the only node', ['a', 'a'], nodes.slice(0, 1), 2, []],
    ['one that may be alone', ['a', 'a'], nodes, 1, []],
  ])('%s', (_, places, there, least, expected) => {
    const sizings = sizes(web(requests('1')), scaler(least, 4));
    const pods = new Map(sizings.map((sizing) => [sizing, places.map((place, n) => pod(`p${n}`, place))]));
    expect(codes(spreadConcerns(sizings, pods, there))).toEqual(expected);
  });
});
