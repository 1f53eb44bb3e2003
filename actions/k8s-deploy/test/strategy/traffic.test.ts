import { at, list, number, tree } from '@fairway/action-kit/tree';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KubeObject, keyOf } from '../../src/cluster/object.ts';
import { canaryPlan } from '../../src/strategy/canary.ts';
import { replicasForWeight } from '../../src/strategy/steps.ts';
import { TRACK } from '../../src/strategy/track.ts';
import { acceptanceOf } from '../../src/strategy/traffic/acceptance.ts';
import { readyBehind } from '../../src/strategy/traffic/endpoints.ts';
import { leadsTo, weigh } from '../../src/strategy/traffic/router.ts';
import { routingOf } from '../../src/strategy/traffic/routing.ts';
import { split } from '../../src/strategy/traffic/split.ts';
import { deployment } from '../objects.ts';

const metadata = { name: 'web', namespace: 'stage' };
const service = (name = 'web'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { ...metadata, name },
  spec: { selector: { app: name }, ports: [{ port: 80 }] },
});
const httpRoute = (...backendRefs: object[]): KubeObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata,
  spec: { parentRefs: [{ name: 'edge' }], rules: [{ matches: [{ path: { value: '/' } }], backendRefs }] },
});
const ingressRoute = (...services: object[]): KubeObject => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'IngressRoute',
  metadata,
  spec: { routes: [{ kind: 'Rule', match: 'PathPrefix(`/`)', services }] },
});
const traefikService = (...services: object[]): KubeObject => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'TraefikService',
  metadata,
  spec: { weighted: { services } },
});
const virtualService = (...route: object[]): KubeObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata,
  spec: { hosts: ['web.example.com'], http: [{ match: [{ uri: { prefix: '/' } }], route }] },
});
const ingress = (className: string, annotations: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { ...metadata, labels: { a: 'b' }, annotations },
  spec: {
    ingressClassName: className,
    tls: [{ hosts: ['web.example.com'], secretName: 'tls' }],
    rules: [
      {
        host: 'web.example.com',
        http: {
          paths: [
            { path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } },
            { path: '/api', pathType: 'Prefix', backend: { service: { name: 'api', port: { number: 80 } } } },
          ],
        },
      },
      { host: 'other.example.com', http: { paths: [{ backend: { service: { name: 'api' } } }] } },
    ],
  },
});
const previews = new Map([['web', 'web-preview']]);
const spec = (object: KubeObject | undefined) => object?.spec;

describe('a route gets weights', () => {
  it('of the Gateway API', () => {
    expect(spec(weigh(httpRoute({ name: 'web', port: 80 }), previews, 10))).toMatchObject({
      parentRefs: [{ name: 'edge' }],
      rules: [
        {
          matches: [{ path: { value: '/' } }],
          backendRefs: [
            { name: 'web', port: 80, weight: 90 },
            { name: 'web-preview', port: 80, weight: 10 },
          ],
        },
      ],
    });
  });
  it('beside what others of the same rule keep', () => {
    const route = httpRoute({ name: 'web', port: 80, weight: 300 }, { name: 'old', port: 80, weight: 100 });
    expect(at(list(at(weigh(route, previews, 25), 'spec', 'rules'))[0], 'backendRefs')).toEqual([
      { name: 'web', port: 80, weight: 225 },
      { name: 'web-preview', port: 80, weight: 75 },
      { name: 'old', port: 80, weight: 100 },
    ]);
  });
  it('of Traefik, in an IngressRoute and in a TraefikService', () => {
    const weighted = [
      { name: 'web', port: 'http', sticky: {}, weight: 95 },
      { name: 'web-preview', port: 'http', sticky: {}, weight: 5 },
    ];
    const entry = { name: 'web', port: 'http', sticky: {} };
    expect(spec(weigh(ingressRoute(entry), previews, 5))).toMatchObject({ routes: [{ services: weighted }] });
    expect(spec(weigh(traefikService(entry), previews, 5))).toEqual({ weighted: { services: weighted } });
  });
  it.each(['web', 'web.stage', 'web.stage.svc', 'web.stage.svc.cluster.local'])(
    'of Istio, for the host %s',
    (host) => {
      const route = virtualService({ destination: { host, subset: 'v1', port: { number: 80 } } });
      expect(at(list(at(weigh(route, previews, 20), 'spec', 'http'))[0], 'route')).toEqual([
        { destination: { host, subset: 'v1', port: { number: 80 } }, weight: 80 },
        {
          destination: { host: host.replace('web', 'web-preview'), port: { number: 80 } },
          weight: 20,
        },
      ]);
    },
  );
  it('of nginx in an Ingress of its own, which takes only the paths to that Service', () => {
    const annotations = {
      'cert-manager.io/issuer': 'x',
      'nginx.ingress.kubernetes.io/rewrite-target': '/',
      'nginx.ingress.kubernetes.io/upstream-hash-by': '$uri',
    };
    const canary = weigh(ingress('nginx-internal', annotations), previews, 30);
    expect(canary?.metadata).toEqual({
      name: 'web-canary',
      namespace: 'stage',
      labels: { a: 'b', [TRACK]: 'canary' },
      annotations: {
        'nginx.ingress.kubernetes.io/upstream-hash-by': '$uri',
        'nginx.ingress.kubernetes.io/canary': 'true',
        'nginx.ingress.kubernetes.io/canary-weight': '30',
      },
    });
    const backend = { service: { name: 'web-preview', port: { number: 80 } } };
    expect(canary?.spec).toEqual({
      ingressClassName: 'nginx-internal',
      rules: [{ host: 'web.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    });
  });

  it.each<[string, KubeObject]>([
    ['a Service of another name', httpRoute({ name: 'api', port: 80 })],
    ['a Service of another namespace', httpRoute({ name: 'web', namespace: 'x', port: 80 })],
    ['what is no Service', httpRoute({ name: 'web', kind: 'Bucket', group: 'x.io' })],
    ['nothing, by a weight of none', httpRoute({ name: 'web', weight: 0 }, { name: 'api', weight: 1 })],
    ['a TraefikService of the same name', ingressRoute({ name: 'web', kind: 'TraefikService' })],
    ['a host of another namespace', virtualService({ destination: { host: 'web.x.svc.cluster.local' } })],
    ['a host outside', virtualService({ destination: { host: 'web.example.com' } })],
    ['the Service, by a controller that knows no weights', ingress('traefik')],
    ['the Service, as a canary already', ingress('nginx', { 'nginx.ingress.kubernetes.io/canary': 'true' })],
    ['nothing at all', { apiVersion: 'x.io/v1', kind: 'HTTPRoute', metadata, spec: { rules: 'x' } }],
  ])('unless it leads to %s', (_name, route) => expect(weigh(route, previews, 10)).toBeUndefined());

  it('in which the new version has its percent of what the Service had, and nobody else loses any', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 99 }), fc.nat(5), (given, percent, place) => {
        const target = place % given.length;
        const entries = given.map((weight, index) => ({ name: index === target ? 'web' : 'api', weight }));
        const beside = (entry: object) => (tree(entry).name === 'web' ? { name: 'new' } : undefined);
        const result = split(entries, { percent, unnamed: 1, beside });
        const had = given[target] ?? 0;
        if (had === 0) {
          expect(result).toBeUndefined();
          return;
        }
        const total = (result ?? []).reduce((sum, { weight }) => sum + number(weight), 0);
        const share = (name: string) =>
          (result ?? []).filter((one) => one.name === name).reduce((n, { weight }) => n + number(weight), 0) /
          total;
        const whole = given.reduce((sum, weight) => sum + weight, 0);
        expect(share('new')).toBeCloseTo((had / whole) * (percent / 100), 6);
        expect(share('web')).toBeCloseTo((had / whole) * (1 - percent / 100), 6);
        expect((result ?? []).every(({ weight }) => Number.isInteger(weight))).toBe(true);
      }),
    );
  });
  it('that the Gateway API allows, however large they were', () => {
    const beside = (entry: object) => (tree(entry).name === 'web' ? { name: 'new' } : undefined);
    const entries = [
      { name: 'web', weight: 999_983 },
      { name: 'api', weight: 1 },
    ];
    const weights = split(entries, { percent: 1, unnamed: 1, beside })?.map(({ weight }) => number(weight));
    expect(Math.max(...(weights ?? []))).toBeLessThanOrEqual(1_000_000);
    expect(Math.min(...(weights ?? []))).toBeGreaterThanOrEqual(1);
  });
});

describe('a canary by weight', () => {
  const old = deployment('web', 'web:1');
  const next = deployment('web', 'web:2');
  const route = httpRoute({ name: 'web', port: 80 });
  const running = { ...old, status: { readyReplicas: 9 } };
  const live = new Map([[keyOf(old), running]]);
  const plan = (traffic: 'auto' | 'replicas' | 'weights', objects: KubeObject[], before: KubeObject[]) =>
    canaryPlan(objects, before, live, { steps: [10, 70], stepMs: 1, traffic });

  it('is chosen where a route of both releases leads to it, and sized for its share', () => {
    const { contenders, stages } = plan('auto', [next, service(), route], [old, service(), route]);
    expect(contenders[0]?.routing).toEqual({ routes: [route], services: [service()] });
    const candidate = contenders[0]?.candidate ?? next;
    expect(stages.map((stage) => stage.replicas(candidate, 9))).toEqual([1, 7]);
  });
  it.each([
    ['the route is new', [old, service()]],
    ['the route led elsewhere', [old, service(), httpRoute({ name: 'api' })]],
  ])('is not where %s', (_name, before) => {
    const { contenders, stages } = plan('auto', [next, service(), route], before);
    expect(contenders[0]?.routing.routes).toEqual([]);
    expect(stages.map((stage) => stage.replicas(contenders[0]?.candidate ?? next, 9))).toEqual([1, 9]);
    expect(() => plan('weights', [next, service(), route], before)).toThrow(
      /no route of the release leads to Service web/,
    );
  });
  it('is not where it is not wanted', () => {
    const both = [service(), route];
    expect(plan('replicas', [next, ...both], [old, ...both]).contenders[0]?.routing.routes).toEqual([]);
  });
  it('changes nothing but what leads to Services of Deployments', () => {
    const objects = [old, service(), service('api'), route, ingress('nginx'), httpRoute({ name: 'api' })];
    expect(routingOf(objects).services).toEqual([service()]);
    expect(routingOf(objects).routes).toEqual([route, ingress('nginx')]);
    expect(leadsTo(route, { ...service(), metadata: { ...metadata, namespace: 'x' } })).toBe(false);
  });
  it('has replicas for its share, at least one, and never more than there are stable ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 500 }), (percent, stable) => {
        const replicas = replicasForWeight(percent, stable);
        expect(replicas).toBeGreaterThanOrEqual(1);
        expect(replicas).toBeLessThanOrEqual(stable);
        expect(replicas).toBeGreaterThanOrEqual((stable * percent) / 100);
      }),
    );
  });
});

describe('a Service of the new version', () => {
  const slice = (...ready: (boolean | undefined)[]): KubeObject => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata,
    endpoints: ready.map((one) => ({
      addresses: ['10.0.0.1'],
      conditions: one === undefined ? {} : { ready: one },
    })),
  });
  it.each([
    ['nothing', [], 0],
    ['pods that are not ready', [slice(false, false)], 0],
    ['a pod that is', [slice(false), slice(true)], 1],
    ['pods of which nothing is said', [slice(undefined, undefined)], 2],
    ['nothing, by an empty slice', [{ ...slice(), endpoints: null }], 0],
  ])('reaches %s', (_name, slices, count) => expect(readyBehind(slices)).toBe(count));
});

describe('a route with new weights', () => {
  const condition = (type: string, status: string, observedGeneration = 3) => ({
    type,
    status,
    observedGeneration,
    reason: 'BackendNotFound',
    message: 'service web-preview not found',
  });
  const seen = (...parents: object[][]): KubeObject => ({
    ...httpRoute({ name: 'web' }),
    metadata: { ...metadata, generation: 3 },
    status: { parents: parents.map((conditions) => ({ conditions })) },
  });
  const both = [condition('Accepted', 'True'), condition('ResolvedRefs', 'True')];

  it.each<[string, KubeObject, unknown]>([
    ['taken by its gateway', seen(both), 'taken'],
    [
      'taken by one, and not looked at yet by another',
      seen(both, [condition('Accepted', 'True', 2)]),
      'taken',
    ],
    [
      'not looked at yet',
      seen([condition('Accepted', 'True', 2), condition('ResolvedRefs', 'True', 2)]),
      'open',
    ],
    ['half looked at', seen([condition('Accepted', 'True')]), 'open'],
    ['nobody’s', httpRoute({ name: 'web' }), 'open'],
    ['refused for its version before', seen([condition('Accepted', 'False', 2)], both), 'taken'],
    ['of a kind that tells nothing', ingressRoute({ name: 'web' }), 'taken'],
  ])('is %s', (_name, route, expected) => expect(acceptanceOf(route)).toBe(expected));
  it('is refused when one gateway does', () => {
    expect(
      acceptanceOf(seen(both, [condition('Accepted', 'True'), condition('ResolvedRefs', 'False')])),
    ).toEqual({
      refused: 'BackendNotFound: service web-preview not found',
    });
  });
});
