import { describe, expect, it } from 'vitest';
import type { EnvironmentView, PodView, ReleaseView } from '../src/flow/environment-view.ts';
import type { Evidence } from '../src/flow/evidence.ts';
import { judge } from '../src/flow/judge.ts';
import type { Rush } from '../src/flow/rush.ts';
import { type PodTraffic, readTraffic } from '../src/flow/traffic-view.ts';
import type { Vigil } from '../src/flow/vigil.ts';
import type { Assertion } from '../src/scenarios/scenario.ts';

const production = 'production' as const;
const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const pod = (name: string, more: Partial<PodView> = {}): PodView => ({
  name,
  uid: `uid-${name}`,
  ready: true,
  digest: digest('1'),
  asked: digest('1'),
  templateHash: 'old',
  ...more,
});
const release = (number: number, state: string, of = digest('1'), reason = ''): ReleaseView => ({
  number,
  state,
  reason,
  digest: of,
});
const view = (pods: readonly PodView[], releases: readonly ReleaseView[] = []): EnvironmentView => ({
  namespace: 'photo-app-production',
  clusterAddress: '10.0.0.1:80',
  pods,
  releases,
});
const world = (environment: EnvironmentView) => ({
  environments: { staging: view([]), production: environment },
  images: new Map(),
  notifications: [],
  openAlerts: [],
});
const unwritten = { comments: [], checks: [], scans: 0, deployments: [] };
const evidence = (
  before: EnvironmentView,
  after: EnvironmentView,
  more: Partial<Evidence> = {},
): Evidence => ({
  before: world(before),
  after: world(after),
  jobs: [],
  commit: '',
  proposal: undefined,
  written: { before: unwritten, first: unwritten, last: unwritten },
  digest: '',
  unsigned: undefined,
  undescribed: undefined,
  webhookKey: '',
  photos: new Map(),
  vigils: new Map(),
  uploads: new Map(),
  traffic: new Map(),
  cutOff: undefined,
  chapters: [],
  rush: undefined,
  transcript: '',
  ...more,
});
const stable = view([pod('photo-app-a'), pod('photo-app-b')]);
const counted = (...traffic: readonly PodTraffic[]) => ({ traffic: new Map([[production, traffic]]) });
const of = (name: string, requests: number, errors = 0): PodTraffic => ({ pod: name, requests, errors });
const promoted: Assertion = { kind: 'tried', environment: production, outcome: 'promoted' };
const stopped: Assertion = { kind: 'tried', environment: production, outcome: 'stopped' };
const saw = (...failures: readonly string[]): { readonly vigils: ReadonlyMap<string, Vigil> } => ({
  vigils: new Map([[production, { asked: 99, failed: failures.length, failures }]]),
});
const rush = (more: Partial<Rush> = {}): Partial<Evidence> => ({
  rush: { asked: 50, failures: [], pods: ['a', 'b', 'c'], served: ['a', 'b', 'c'], seconds: 40, ...more },
});
const spread: Assertion = { kind: 'spread', environment: production };
const back: Assertion = { kind: 'runs-release-before', environment: production };
const cutOff: Assertion = { kind: 'cut-off', environment: production };
const recorded = (...states: readonly string[]): Assertion => ({
  kind: 'recorded',
  environment: production,
  states,
});
const twoReleases = view(
  [pod('photo-app-a', { digest: digest('2') })],
  [release(1, 'good', digest('1')), release(2, 'failed', digest('3')), release(3, 'good', digest('2'))],
);
const replaced: Assertion = { kind: 'replaced', environment: production };
const between = view(
  [pod('photo-app-a'), pod('photo-app-c', { templateHash: 'new', ready: false })],
  [release(1, 'good'), release(2, 'pending')],
);

describe('a trial', () => {
  it.each<readonly [string, Assertion, Evidence]>([
    [
      'promoted',
      promoted,
      evidence(stable, stable, counted(of('photo-app-canary-x', 9), of('photo-app-a', 20))),
    ],
    [
      'stopped, its errors alone seen',
      stopped,
      evidence(stable, stable, {
        ...counted(of('photo-app-canary-x', 9, 4), of('photo-app-a', 20)),
        ...saw('answered 500'),
      }),
    ],
    ['recorded', recorded('failed'), evidence(stable, view([], [release(1, 'failed')]))],
    [
      'recorded beside what was there before',
      recorded('interrupted', 'good'),
      evidence(
        view([], [release(4, 'good')]),
        view([], [release(4, 'good'), release(5, 'interrupted'), release(6, 'good')]),
      ),
    ],
    ['back on the release before', back, evidence(twoReleases, view([pod('photo-app-d')]))],
    ['cut off between two', cutOff, evidence(stable, stable, { cutOff: between })],
    ['replaced', replaced, evidence(stable, view([pod('photo-app-c'), pod('photo-app-d')]))],
    ['spread', spread, evidence(stable, stable, rush())],
    ['logged', { kind: 'logs', words: ['b'] }, evidence(stable, stable, { transcript: 'a b c' })],
  ])('holds: %s', (_, assertion, given) => {
    expect(judge(assertion, given).instead).toBeUndefined();
  });

  it.each<readonly [string, Assertion, Evidence, string]>([
    [
      'nobody was sent there',
      promoted,
      evidence(stable, stable, counted(of('photo-app-a', 20))),
      'no request',
    ],
    ['nothing was counted', promoted, evidence(stable, stable), 'no request'],
    [
      'promoted with errors',
      promoted,
      evidence(stable, stable, counted(of('photo-app-canary-x', 9, 1))),
      '1 of 9',
    ],
    [
      'the stable version failed',
      stopped,
      evidence(stable, stable, counted(of('photo-app-canary-x', 9, 4), of('photo-app-b', 20, 1))),
      'photo-app-b answered 5xx',
    ],
    [
      'stopped without a reason',
      stopped,
      evidence(stable, stable, counted(of('photo-app-canary-x', 9))),
      'none of 9',
    ],
    [
      'visitors saw more',
      stopped,
      evidence(stable, stable, {
        ...counted(of('photo-app-canary-x', 9, 4)),
        ...saw('answered 500', 'fetch failed'),
      }),
      'fetch failed',
    ],
    [
      'still on trial',
      promoted,
      evidence(stable, view([pod('photo-app-canary-x')]), counted(of('photo-app-canary-x', 9))),
      'still on trial',
    ],
    ['unrecorded', recorded('good'), evidence(stable, stable), 'nothing was recorded'],
    [
      'another state',
      recorded('good'),
      evidence(stable, view([], [release(1, 'failed', digest('1'), 'errors: 0.4')])),
      '1 failed: errors: 0.4',
    ],
    ['not back', back, evidence(twoReleases, twoReleases), 'photo-app-a runs'],
    ['nothing to go back to', back, evidence(stable, stable), 'no earlier good release'],
    [
      'back to the same image',
      back,
      evidence(view([], [release(1, 'good'), release(2, 'good')]), stable),
      'the same image',
    ],
    [
      'back, and not ready',
      back,
      evidence(twoReleases, view([pod('d', { ready: false })])),
      'no pod is ready',
    ],
    ['never cut off', cutOff, evidence(stable, stable), 'over before'],
    ['cut off too early', cutOff, evidence(stable, stable, { cutOff: stable }), 'photo-app-a, photo-app-b'],
    [
      'no more pods',
      spread,
      evidence(stable, stable, rush({ pods: ['a', 'b'], served: ['a', 'b'] })),
      '2 pods before',
    ],
    [
      'an idle pod',
      spread,
      evidence(stable, stable, rush({ served: ['a', 'b'] })),
      'answered visitors: a, b',
    ],
    [
      'a lost visitor',
      spread,
      evidence(stable, stable, rush({ failures: ['1 × answered 503'] })),
      '1 × answered 503',
    ],
    [
      'one of the old pods',
      replaced,
      evidence(stable, view([pod('photo-app-a'), pod('c')])),
      'still there: photo-app-a',
    ],
    [
      'fewer pods',
      replaced,
      evidence(stable, view([pod('c'), pod('d', { ready: false })])),
      '1 of 2 are ready',
    ],
    ['nobody came', spread, evidence(stable, stable), 'nobody came'],
    ['unlogged', { kind: 'logs', words: ['b'] }, evidence(stable, stable), 'missing: b'],
  ])('fails: %s', (_, assertion, given, instead) => {
    expect(judge(assertion, given).instead).toContain(instead);
  });
});

it('adds up what Prometheus has counted of each pod', () => {
  const sample = (pod: string, status: string, value: string) => ({
    metric: { pod, status },
    value: [1, value],
  });
  const vector = (...result: readonly unknown[]) => ({ data: { resultType: 'vector', result } });
  const total = vector(sample('a', '200', '7'), sample('a', '500', '2'), sample('b', '503', '1'));
  expect(readTraffic(total, vector())).toEqual([
    { pod: 'a', requests: 9, errors: 2 },
    { pod: 'b', requests: 1, errors: 1 },
  ]);
  const earlier = vector(sample('a', '200', '4'), sample('a', '500', '2'), sample('gone', '200', '9'));
  expect(readTraffic(total, earlier)).toEqual([
    { pod: 'a', requests: 3, errors: 0 },
    { pod: 'b', requests: 1, errors: 1 },
  ]);
  expect(readTraffic({}, {})).toEqual([]);
});
