import { describe, expect, it } from 'vitest';
import type { EnvironmentView, PodView } from '../src/flow/environment-view.ts';
import { readView } from '../src/flow/environment-view.ts';
import type { Evidence } from '../src/flow/evidence.ts';
import { judge } from '../src/flow/judge.ts';
import type { Observation } from '../src/flow/observation.ts';
import { drawPng } from '../src/flow/photo-round-trip.ts';
import { notificationRecord } from '../src/flow/run-record.ts';
import type { Vigil } from '../src/flow/vigil.ts';
import type { Assertion } from '../src/scenarios/scenario.ts';

const oldDigest = `sha256:${'0'.repeat(64)}`;
const newDigest = `sha256:${'1'.repeat(64)}`;
const pod = (name: string, more: Partial<PodView> = {}): PodView => ({
  name,
  uid: `uid-${name}`,
  ready: true,
  digest: oldDigest,
  asked: oldDigest,
  templateHash: 'old',
  ...more,
});
const view = (...pods: readonly PodView[]): EnvironmentView => ({
  namespace: 'photo-app-staging',
  clusterAddress: '10.0.0.1:80',
  pods,
  releases: [],
});
const vigil = (...failures: readonly string[]): Vigil => ({ asked: 9, failed: failures.length, failures });
const observation = (more: Partial<Observation> = {}): Observation => ({
  environments: { staging: view(pod('a')), production: view(pod('p')) },
  images: new Map([['main', oldDigest]]),
  notifications: [],
  openAlerts: [],
  ...more,
});
const unwritten = { comments: [], checks: [], scans: 0, deployments: [] };
const evidence = (after: Partial<Observation>, more: Partial<Evidence> = {}): Evidence => ({
  before: observation(),
  after: observation(after),
  jobs: [],
  commit: '',
  proposal: undefined,
  written: { before: unwritten, first: unwritten, last: unwritten },
  digest: '',
  unsigned: 'nobody looked',
  undescribed: 'it names 2 packages',
  webhookKey: 'key',
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
const message = (path: string, body: string, status = 200) => ({
  at: '2026-01-01T00:00:00Z',
  method: 'POST',
  path,
  headers: {},
  body,
  status,
});
const onCall = (status: string) =>
  message('/on-call', `{"status":"${status}","alerts":[{"labels":{"alertname":"PipelineFailed"}}]}`);
const staging = 'staging' as const;
// printf '1700000000.{}' | openssl dgst -sha256 -hmac key
const signature = 't=1700000000,v1=9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae';

describe('judging', () => {
  const released = {
    environments: {
      staging: view(pod('b', { digest: newDigest, templateHash: 'new' })),
      production: view(pod('p')),
    },
    images: new Map([
      ['main', newDigest],
      ['sha-1', newDigest],
    ]),
  };
  const back = { environments: { staging: view(pod('c')), production: view(pod('p')) } };
  const told = { notifications: [message('/slack', 'acme/photo-app failed'), message('/broken', 'x', 500)] };

  const holds: readonly [string, Assertion, Evidence][] = [
    [
      'this push runs',
      { kind: 'runs-this-push', environment: staging },
      evidence(released, { digest: newDigest }),
    ],
    ['rolled back', { kind: 'runs-what-ran-before', environment: staging }, evidence(back)],
    ['untouched', { kind: 'untouched', environment: staging }, evidence({})],
    ['nothing built', { kind: 'nothing-built' }, evidence({})],
    ['told', { kind: 'told', path: '/slack', words: ['photo-app'], answered: 200 }, evidence(told)],
    [
      'told a place that refuses',
      { kind: 'told', path: '/broken', words: [], answered: 500 },
      evidence(told),
    ],
    [
      'signed',
      { kind: 'signed', path: '/webhook' },
      evidence({
        notifications: [{ ...message('/webhook', '{}'), headers: { 'x-fairway-signature': signature } }],
      }),
    ],
    [
      'alert',
      { kind: 'alert', open: true },
      evidence({ openAlerts: ['PipelineFailed'], notifications: [onCall('firing')] }),
    ],
    [
      'alert resolved',
      { kind: 'alert', open: false },
      evidence({ notifications: [onCall('firing'), onCall('resolved')] }),
    ],
    [
      'served throughout',
      { kind: 'serves-throughout', environment: staging },
      evidence({}, { vigils: new Map([[staging, vigil()]]) }),
    ],
    [
      'watched',
      { kind: 'watched', environment: staging },
      evidence({}, { uploads: new Map([[staging, 1]]) }),
    ],
    ['never shown', { kind: 'never-shown', what: 'it', text: 'hush' }, evidence({}, { transcript: '***' })],
    [
      'photos',
      { kind: 'keeps-photos', environment: staging },
      evidence({}, { photos: new Map([[staging, undefined]]) }),
    ],
  ];
  it.each(holds)('holds: %s', (_, assertion, given) => {
    expect(judge(assertion, given).instead).toBeUndefined();
  });

  const fails: readonly [string, Assertion, Evidence, string][] = [
    ['no digest', { kind: 'runs-this-push', environment: staging }, evidence(released), 'names no digest'],
    [
      'an old pod',
      { kind: 'runs-this-push', environment: staging },
      evidence({ images: released.images }, { digest: newDigest }),
      'a runs',
    ],
    [
      'not in the registry',
      { kind: 'runs-this-push', environment: staging },
      evidence({ environments: released.environments }, { digest: newDigest }),
      'the registry has no',
    ],
    [
      'the new template still runs',
      { kind: 'runs-what-ran-before', environment: staging },
      evidence({
        environments: { staging: view(pod('a'), pod('b', { templateHash: 'new' })), production: view() },
      }),
      'b came with the push',
    ],
    [
      'rolled back but not ready',
      { kind: 'runs-what-ran-before', environment: staging },
      evidence({ environments: { staging: view(pod('a', { ready: false })), production: view() } }),
      'no pod is ready',
    ],
    ['another pod', { kind: 'untouched', environment: staging }, evidence(back), 'after: c'],
    ['built', { kind: 'nothing-built' }, evidence(released), 'sha-1'],
    [
      'not told',
      { kind: 'told', path: '/slack', words: [], answered: 200 },
      evidence({}),
      'nothing reached it',
    ],
    [
      'told something else',
      { kind: 'told', path: '/slack', words: ['success'], answered: 200 },
      evidence(told),
      'failed',
    ],
    [
      'a forged message',
      { kind: 'signed', path: '/webhook' },
      evidence({
        notifications: [{ ...message('/webhook', '{"a":1}'), headers: { 'x-fairway-signature': signature } }],
      }),
      '1 of 1',
    ],
    [
      'an alert that nobody was told of',
      { kind: 'alert', open: true },
      evidence({ openAlerts: ['PipelineFailed'] }),
      'heard is: nothing',
    ],
    [
      'on-call that still worries',
      { kind: 'alert', open: false },
      evidence({ notifications: [onCall('firing')] }),
      'heard is: {',
    ],
    [
      'a lost visitor',
      { kind: 'serves-throughout', environment: staging },
      evidence({}, { vigils: new Map([[staging, vigil('answered 503')]]) }),
      'answered 503',
    ],
    ['nobody asked', { kind: 'serves-throughout', environment: staging }, evidence({}), 'nobody'],
    ['unwatched', { kind: 'watched', environment: staging }, evidence({}), 'none'],
    [
      'shown in a log',
      { kind: 'never-shown', what: 'it', text: 'hush' },
      evidence({}, { transcript: 'a hush b' }),
      'the log',
    ],
    [
      'shown in a message',
      { kind: 'never-shown', what: 'it', text: 'hush' },
      evidence({ notifications: [message('/slack', 'hush')] }),
      '/slack',
    ],
    ['no alert', { kind: 'alert', open: true }, evidence({}), '[]'],
    ['photos untried', { kind: 'keeps-photos', environment: staging }, evidence({}), 'not tried'],
  ];
  it.each(fails)('fails: %s', (_, assertion, given, instead) => {
    expect(judge(assertion, given).instead).toContain(instead);
  });

  it('counts only what was told since the push', () => {
    const before = observation({ notifications: [message('/slack', 'photo-app')] });
    const given = { ...evidence({ notifications: before.notifications }), before };
    expect(judge({ kind: 'told', path: '/slack', words: [], answered: 200 }, given).instead).toContain(
      'nothing reached it',
    );
  });
});

it('reads pods and services as the API gives them, without pods that are going', () => {
  const item = (name: string, more: object = {}) => ({
    metadata: { name, uid: `uid-${name}`, labels: { 'pod-template-hash': 'old' }, ...more },
    spec: { containers: [{ image: `127.0.0.1:5000/photo-app@${oldDigest}` }] },
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [{ imageID: `127.0.0.1:5000/photo-app@${oldDigest}` }],
    },
  });
  const services = {
    items: [{ metadata: { name: 'photo-app' }, spec: { clusterIP: '10.0.0.1', ports: [{ port: 80 }] } }],
  };
  const pods = { items: [item('a'), item('gone', { deletionTimestamp: '2026-01-01T00:00:00Z' })] };
  const about = { reason: 'errors', images: { 'photo-app': `127.0.0.1:5000/photo-app@${oldDigest}` } };
  const kept = (revision: string, state: string) => ({
    metadata: {
      labels: { 'fairway-ci.github.io/revision': revision, 'fairway-ci.github.io/state': state },
    },
    binaryData: { about: Buffer.from(JSON.stringify(about)).toString('base64') },
  });
  const records = {
    items: [kept('10', 'failed'), { metadata: { name: 'kube-root-ca.crt' } }, kept('9', 'good')],
  };
  expect(readView('photo-app-staging', { pods, services, records })).toEqual({
    ...view(pod('a')),
    releases: [
      { number: 9, state: 'good', reason: 'errors', digest: oldDigest },
      { number: 10, state: 'failed', reason: 'errors', digest: oldDigest },
    ],
  });
  expect(readView('n', { pods: { items: [{}] }, services: {}, records: {} })).toEqual({
    namespace: 'n',
    clusterAddress: undefined,
    pods: [{ name: '', uid: '', ready: false, digest: '', asked: '', templateHash: '' }],
    releases: [],
  });
});

it('draws a PNG that says its size', () => {
  const png = drawPng(64, 48);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([64, 48]);
});

it.each([
  ['{"text":"a\\nb"}', 'a b'],
  ['{"commonLabels":{"alertname":"PipelineFailed"},"status":"firing"}', 'firing: PipelineFailed'],
  ['{"status":"failure"}', 'failure'],
  ['not json', 'not json'],
  [`{"text":"${'x'.repeat(200)}"}`, `${'x'.repeat(139)}…`],
])('tells a notification in a line: %s', (body, says) => {
  expect(notificationRecord(message('/slack', body)).says).toBe(says);
});
