import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { covers } from '../../src/apply/permissions.ts';
import { ApiError } from '../../src/cluster/api-error.ts';
import type { Connection } from '../../src/cluster/connection.ts';
import type { KubeObject } from '../../src/cluster/object.ts';
import { adviceFor } from '../../src/drill/advice.ts';
import { drillNeeds } from '../../src/drill/allowance.ts';
import { planDrain } from '../../src/drill/drain-plan.ts';
import { type DrillPlan, parseDisturbances, parseWorkload } from '../../src/drill/drill-inputs.ts';
import { Load, lanesOf } from '../../src/drill/load.ts';
import { type Ask, askerFor, wordsFor } from '../../src/drill/requester.ts';
import { losses, Tally } from '../../src/drill/tally.ts';
import { reaches, refusalOf } from '../../src/drill/target.ts';
import { parseSmokeTest } from '../../src/smoke-target.ts';
import { deployment } from '../objects.ts';

const plan: DrillPlan = {
  rate: 50,
  durationMs: 1_000,
  connections: 'both',
  disturbances: ['pods', 'drain'],
  pods: 3,
  targets: [],
};

const node = (name: string, spec: object = {}, ready = 'True'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  spec,
  status: { conditions: [{ type: 'Ready', status: ready }] },
});
const pod = (name: string, nodeName: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'stage', labels: { app: 'web' } },
  spec: { nodeName },
});
const budget = (name: string, spec: object, disruptionsAllowed?: number): KubeObject => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name, namespace: 'stage' },
  spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  ...(disruptionsAllowed !== undefined && { status: { disruptionsAllowed } }),
});

describe('what is disturbed', () => {
  const status = { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
  it.each([
    [{ replicas: 2 }, status, undefined],
    [{ replicas: 1 }, { ...status, replicas: 1 }, /one replica/],
    [{ replicas: 0 }, { ...status, replicas: 0 }, /no replica/],
    [{ replicas: 3 }, status, /not whole \(2 of 3 ready/],
    [{ replicas: 2 }, { ...status, availableReplicas: 1 }, /not whole \(1 of 2 ready/],
  ])('%j with %j', (spec, now, reason) => {
    const refusal = refusalOf({ ...deployment('web', 'web', spec), status: now });
    if (reason === undefined) expect(refusal).toBeUndefined();
    else expect(refusal?.reason).toMatch(reason);
  });

  it('a Service reaches a workload whose pods have all of its labels', () => {
    const service = (selector: object) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { selector },
    });
    expect(reaches(service({ app: 'web' }), deployment('web'))).toBe(true);
    expect(reaches(service({ app: 'web', track: 'r2' }), deployment('web'))).toBe(false);
    expect(reaches(service({}), deployment('web'))).toBe(false);
  });

  it.each(['deployment/', 'pod/web', 'web', 'deployment/a b'])('%s is no workload', (line) => {
    expect(() => parseWorkload(line)).toThrow(/drill-target/);
  });
  it('names', () => {
    expect(parseWorkload('StatefulSet/db')).toEqual({ kind: 'StatefulSet', name: 'db' });
    expect(parseDisturbances('drain, pods')).toEqual(['pods', 'drain']);
    expect(parseDisturbances('drain')).toEqual(['drain']);
    for (const bad of ['', 'pods,nodes']) expect(() => parseDisturbances(bad)).toThrow(/drill-disturb/);
  });

  it('needs no right over nodes where none is drained', () => {
    const needs = (more: Partial<DrillPlan>) => drillNeeds({ ...plan, ...more }, 'stage', true);
    expect(needs({}).filter(({ namespace }) => namespace === undefined)).toHaveLength(3);
    const pods = needs({ disturbances: ['pods'] });
    expect(pods.every(({ namespace }) => namespace === 'stage')).toBe(true);
    const rule = { groups: [''], resources: ['pods'], verbs: ['delete'], restricted: false };
    expect(pods.some((need) => covers(rule, need))).toBe(true);
  });
});

describe('draining', () => {
  const pods = [pod('a', 'n1'), pod('b', 'n1'), pod('c', 'n2')];
  const web = deployment('web');

  it('takes the node with most of the pods', () => {
    expect(planDrain(web, pods, [node('n1'), node('n2')], [])).toMatchObject({
      node: 'n1',
      pods: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }],
      onlyNode: false,
    });
  });

  it('leaves out nodes that are closed or not ready', () => {
    const closed = node('n1', { unschedulable: true });
    expect(planDrain(web, pods, [closed, node('n2'), node('n3')], [])).toMatchObject({ node: 'n2' });
    expect(planDrain(web, pods, [node('n1', {}, 'Unknown'), node('n2'), node('n3')], [])).toMatchObject({
      node: 'n2',
    });
    expect(planDrain(web, pods, [closed, node('n3')], [])).toHaveProperty('refused');
  });

  it('takes one pod at a time where there is no other node', () => {
    expect(planDrain(web, pods, [node('n1')], [])).toMatchObject({
      onlyNode: true,
      pods: [{ metadata: { name: 'a' } }],
    });
  });

  it('makes no outage: all pods on one node, and nothing that makes them go in turn', () => {
    const together = [pod('a', 'n1'), pod('b', 'n1')];
    const nodes = [node('n1'), node('n2')];
    expect(planDrain(web, together, nodes, [])).toMatchObject({
      refused: expect.stringContaining('all 2 pods'),
    });
    expect(planDrain(web, together, nodes, [budget('web', { maxUnavailable: 1 })])).toMatchObject({
      node: 'n1',
      pods: [{}, {}],
    });
  });

  it.each([
    [{ maxUnavailable: 0 }, 'maxUnavailable: 0'],
    [{ minAvailable: 3 }, 'minAvailable: 3'],
    [{ minAvailable: '100%' }, 'minAvailable: 100%'],
  ])('is told of a budget that blocks it: %j', (spec, words) => {
    const refused = planDrain(web, pods, [node('n1'), node('n2')], [budget('held', spec)]);
    expect(refused).toMatchObject({
      refused: expect.stringContaining(words),
      remedy: expect.stringContaining('1'),
    });
  });

  it('believes the controller more than the arithmetic', () => {
    const shared = budget('shared', { maxUnavailable: 1 }, 0);
    expect(planDrain(web, pods, [node('n1'), node('n2')], [shared])).toHaveProperty('refused');
  });

  it('two budgets for one pod block every eviction', () => {
    const two = [budget('one', { maxUnavailable: 1 }), budget('two', { maxUnavailable: 1 })];
    expect(planDrain(web, pods, [node('n1'), node('n2')], two)).toMatchObject({
      refused: expect.stringContaining('one, two'),
    });
    const elsewhere = {
      ...budget('two', { maxUnavailable: 1 }),
      metadata: { name: 'two', namespace: 'prod' },
    };
    const other = budget('other', { selector: { matchLabels: { app: 'other' } } });
    expect(planDrain(web, pods, [node('n1'), node('n2')], [elsewhere, other])).toHaveProperty('node');
  });
});

describe('the tally', () => {
  const ended = (tally: Tally, atMs: number, failure?: string, connection: 'kept' | 'new' = 'new') => {
    tally.begin(atMs);
    tally.end({ atMs, target: 't', connection }, { failure, repeated: false }, 5);
  };

  it('counts a request to the moment in which it was sent', () => {
    const tally = new Tally();
    ended(tally, 10);
    ended(tally, 20, 'HTTP 503');
    ended(tally, 30, 'HTTP 503', 'kept');
    ended(tally, 40, 'ECONNREFUSED');
    expect(tally.between(20, 40)).toMatchObject({ sent: 2, lost: [{ atMs: 20 }, { atMs: 30 }] });
    expect(losses(tally.lost)).toEqual([
      { failure: 'HTTP 503', target: 't', kept: 1, fresh: 1, firstMs: 20, lastMs: 30 },
      { failure: 'ECONNREFUSED', target: 't', kept: 0, fresh: 1, firstMs: 40, lastMs: 40 },
    ]);
  });

  it('tells how long answers took', () => {
    const tally = new Tally();
    expect(tally.answeredWithin(0.5)).toBeUndefined();
    for (let ms = 100; ms >= 1; ms--) {
      tally.begin(0);
      tally.end({ atMs: 0, target: 't', connection: 'new' }, { failure: undefined, repeated: false }, ms);
    }
    expect([0.5, 0.99, 1].map((share) => tally.answeredWithin(share))).toEqual([50, 99, 100]);
  });
});

describe('the advice', () => {
  const lost = (failure: string) => [{ atMs: 1, target: 't', connection: 'new' as const, failure }];
  const web = (container: object, pod: object = {}) =>
    deployment('web', 'web', { template: { spec: { containers: [{ name: 'web', ...container }], ...pod } } });
  const probed = { readinessProbe: { tcpSocket: { port: 80 } } };
  const waits = { lifecycle: { preStop: { sleep: { seconds: 5 } } } };

  it.each([
    ['nothing, when nothing was lost', web({}), [], []],
    ['a missing probe', web(waits), lost('ECONNREFUSED'), [/no readinessProbe/]],
    ['a missing wait', web(probed), lost('HTTP 503'), [/no preStop/]],
    [
      'a program that drops its answers',
      web({ ...probed, ...waits }),
      lost('the answer was cut off'),
      [/ends at once/],
    ],
    [
      'too little time to end',
      web({ ...probed, ...waits }, { terminationGracePeriodSeconds: 5 }),
      lost('HTTP 502'),
      [/is killed \(terminationGracePeriodSeconds 5\)/],
    ],
    ['something else', web({ ...probed, ...waits }), lost('HTTP 502'), [/between the caller/]],
  ])('%s', (_, workload, requests, causes) => {
    expect(adviceFor(workload, requests).map(({ cause }) => cause)).toEqual(
      causes.map((cause) => expect.stringMatching(cause)),
    );
  });
});

describe('asking', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });
  async function serve(answer: Parameters<typeof createServer>[1]): Promise<Ask> {
    const listening = createServer(answer ?? (() => undefined));
    server = listening;
    await new Promise<void>((done) => listening.listen(0, '127.0.0.1', done));
    const { port } = listening.address() as AddressInfo;
    return askerFor(parseSmokeTest(`http://127.0.0.1:${port}/`), {} as Connection, 'stage');
  }

  it('a redirect, an error and half an answer are lost; 204 is not', async () => {
    let status = 204;
    const ask = await serve((_, response) => {
      if (status === 0) {
        response.writeHead(200, { 'content-length': 10 }).write('half');
        setTimeout(() => response.destroy(), 20);
      } else response.writeHead(status).end();
    });
    expect(await ask(true)).toEqual({ failure: undefined, repeated: false });
    for (const bad of [302, 503]) {
      status = bad;
      expect(await ask(false)).toEqual({ failure: `HTTP ${bad}`, repeated: false });
    }
    status = 0;
    expect(await ask(true)).toEqual({ failure: 'the answer was cut off', repeated: false });
  });

  it('an idle connection that was closed is no lost request; a new one is', async () => {
    let seen = 0;
    const ask = await serve((request, response) => {
      seen++;
      if (seen > 8 && request.socket.bytesWritten > 0)
        request.socket.destroy(); // a connection's second request
      else response.end('ok');
    });
    for (let n = 0; n < 8; n++) expect(await ask(false)).toEqual({ failure: undefined, repeated: false });
    expect(await ask(false)).toEqual({ failure: undefined, repeated: true });

    server?.closeAllConnections();
    server?.close();
    const refused = await ask(true);
    expect(refused).toEqual({ failure: 'ECONNREFUSED', repeated: false });
  });

  it('a connection kept is used again, a new one is not', async () => {
    const sockets = new Set<unknown>();
    const ask = await serve((request, response) => {
      sockets.add(request.socket);
      response.end('ok');
    });
    for (let n = 0; n < 24; n++) await ask(false);
    expect(sockets.size).toBe(8);
    for (let n = 0; n < 3; n++) await ask(true);
    expect(sockets.size).toBe(11);
  });

  it('words are the same for the same trouble with another pod', () => {
    const refusal = (address: string) =>
      new ApiError(
        {
          status: 503,
          reason: 'ServiceUnavailable',
          message: `error trying to reach service: dial tcp ${address}: connect: connection refused`,
          causes: [],
        },
        'Asking',
      );
    expect(wordsFor(refusal('10.1.2.3:8080'))).toBe(wordsFor(refusal('10.1.2.4:8080')));
    expect(wordsFor(refusal('10.1.2.3:8080'))).toBe('HTTP 503 (dial tcp pod: connect: connection refused)');
  });
});

describe('the load', () => {
  const test = parseSmokeTest('https://app.example.com/');
  it('goes on at its rate while nothing is answered', async () => {
    const never: Ask = () => new Promise(() => undefined);
    const load = new Load(lanesOf(new Map([[test, never]]), 'both'), 200);
    load.start();
    await sleep(300);
    load.halt();
    expect(load.tally.open).toBe(load.tally.sent);
    expect(load.tally.sent).toBeGreaterThan(1);
    expect(load.tally.sent + load.tally.skipped).toBeLessThanOrEqual(Math.ceil((load.nowMs * 200) / 1000));
  });

  it('takes connections by turns, but not through the API server', () => {
    const ask: Ask = async () => ({ failure: undefined, repeated: false });
    const service = parseSmokeTest('service/web:80/');
    const lanes = lanesOf(
      new Map([
        [test, ask],
        [service, ask],
      ]),
      'both',
    );
    expect(lanes.map(({ test: { via }, connection }) => [via, connection])).toEqual([
      ['address', 'kept'],
      ['address', 'new'],
      ['service', 'kept'],
    ]);
    expect(lanesOf(new Map([[test, ask]]), 'new')).toHaveLength(1);
  });
});
