import { describe, expect, it } from 'vitest';
import type { Metric } from '../../src/analysis/metric.ts';
import { isInEffect } from '../../src/apply/in-effect.ts';
import { parseSmokeTest } from '../../src/smoke-target.ts';
import { pausedIn } from '../../src/strategy/by-hand.ts';
import { coloured } from '../../src/strategy/colour.ts';
import { type Judgement, proxiedBy } from '../../src/strategy/judgement.ts';
import { scaled } from '../../src/strategy/scale-back.ts';
import { withAllTraffic, withoutTraffic } from '../../src/strategy/watch.ts';
import { deployment } from '../objects.ts';

const metric = (name: string, source: Metric['source'], limits: Metric['limits'] = {}): Metric => ({
  name,
  source,
  limits,
  minimumSamples: 1,
  failures: 0,
});
const query = { kind: 'prometheus', query: 'up{pod=~"{{pods}}"}' } as const;
const judgement: Judgement = {
  plan: {
    intervalMs: 1000,
    delayMs: 0,
    durationMs: undefined,
    tenant: '',
    metrics: [
      metric('both', query, { max: 1, stable: { maxRatio: 2, margin: 0 } }),
      metric('compared', query, { stable: { maxRatio: 2, margin: 0 } }),
      metric('check', { kind: 'http', target: parseSmokeTest('service/web:80/') }),
    ],
  },
  datadog: undefined,
  prometheus: {
    via: 'service',
    namespace: 'monitoring',
    service: 'prometheus',
    port: '9090',
    prefix: '',
    tenant: '',
  },
};
const namesOf = ({ plan }: Judgement) => plan.metrics.map(({ name }) => name);

describe('what is judged when', () => {
  it('without traffic only what makes its own', () => {
    expect(namesOf(withoutTraffic(judgement))).toEqual(['check']);
  });
  it('with all traffic everything that has a limit of its own', () => {
    const all = withAllTraffic(judgement);
    expect(namesOf(all)).toEqual(['both', 'check']);
    expect(all.plan.metrics[0]?.limits).toEqual({ max: 1 });
  });
  it('takes the right to ask Services through the API server', () => {
    expect(proxiedBy(judgement, 'stage')).toEqual(['stage', 'monitoring']);
    expect(proxiedBy({ ...judgement, prometheus: undefined }, 'stage')).toEqual(['stage']);
    const none = { ...judgement, prometheus: undefined, plan: { ...judgement.plan, metrics: [] } };
    expect(proxiedBy(none, 'stage')).toEqual([]);
  });
});

/** As a server notes which fields an apply holds, for maps; lists count as held whole. */
function fieldsOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [`f:${key}`, fieldsOf(inner)]));
}

describe('a colour that is gone back to', () => {
  const front = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'stage' },
    spec: { selector: { app: 'web' } },
  };
  const colour = (track: string, replicas: number) => {
    const [painted] = coloured([deployment('web'), front], track);
    if (painted === undefined) throw new Error('not painted');
    return { ...painted, spec: { ...(painted.spec as object), replicas } };
  };
  it.each([
    ['is made as large as what serves', colour('r1', 2), [colour('r2', 7)], 7],
    ['is never made smaller', colour('r1', 5), [colour('r2', 2)], 5],
    ['is as large as what serves where it is gone', undefined, [colour('r2', 7)], 7],
    ['is left to the autoscaler where nothing serves', undefined, [], 0],
    [
      'is not measured by other Deployments',
      colour('r1', 2),
      [deployment('worker', 'w', { replicas: 9 })],
      2,
    ],
  ])('%s', (_name, live, serving, replicas) => {
    const [key, object] = scaled(colour('r1', 1), live, serving);
    expect(key).toBe('apps|Deployment|stage|web-r1');
    expect(object.spec).toMatchObject({ replicas });
  });

  it('is applied in its new size, though our last apply still holds every field of it', () => {
    const held = (size: number) => {
      const { apiVersion, kind: _kind, metadata, ...content } = colour('r1', size);
      const { name: _name, namespace: _namespace, ...about } = metadata;
      const fieldsV1 = fieldsOf({ ...content, metadata: about });
      const managedFields = [{ manager: 'fairway', operation: 'Apply', apiVersion, fieldsV1 }];
      return { ...colour('r1', size), metadata: { ...metadata, managedFields } };
    };
    const inEffect = (serving: number) => {
      const [, known] = scaled(colour('r1', 2), held(2), [colour('r2', serving)]);
      return isInEffect({ ...colour('r1', 2), spec: known.spec }, known);
    };
    expect([inEffect(2), inEffect(7)]).toEqual([true, false]);
  });
});

describe('what is on trial', () => {
  it('is refused with a remedy where there is nothing', () => {
    const history = { sinceLastGood: [], release: 'web', namespace: 'stage' };
    expect(() => pausedIn(history)).toThrow(/Nothing of 'web' in 'stage' is on trial/);
  });
});
