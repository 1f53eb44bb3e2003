import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Datadog, datadogEndpoint, readScalar, requestOf } from '../../src/analysis/datadog.ts';
import type { Metric } from '../../src/analysis/metric.ts';
import { parsePlan } from '../../src/analysis/plan.ts';
import { type Bench, type Look, take } from '../../src/analysis/probe.ts';

/** In the shape of what Datadog answered its own client's tests (DataDog/datadog-api-client-python, tests/v2). */
const scalar = (...values: (number | null)[]) => ({
  data: {
    type: 'scalar_response',
    attributes: { columns: [{ name: 'a', type: 'number', values, meta: { unit: [null, null] } }] },
  },
});
const grouped = {
  data: {
    type: 'scalar_response',
    attributes: {
      columns: [
        { name: 'env', type: 'group', values: [['prod']] },
        { name: 'a', type: 'number', values: [1] },
      ],
    },
  },
};
const question = { queries: { a: 'avg:x{*}' }, formula: 'a', aggregator: 'avg', windowMs: 60_000 } as const;
const never = new AbortController().signal;

describe('the answer of Datadog', () => {
  it.each([
    [0.25, scalar(0.25)],
    [0, scalar(0)],
  ])('%s', (value, body) => expect(readScalar(JSON.stringify(body))).toEqual({ value }));
  it.each<[string, string, RegExp]>([
    ['null', JSON.stringify(scalar(null)), /^no data$/],
    ['no value', JSON.stringify(scalar()), /^no data$/],
    ['no column', JSON.stringify({ data: { type: 'scalar_response', attributes: {} } }), /^no data$/],
    ['two values', JSON.stringify(scalar(1, 2)), /2 values: make it one/],
    ['a group', JSON.stringify(grouped), /make it one/],
    ['an error beside it', JSON.stringify({ ...scalar(1), errors: 'query timed out' }), /^query timed out$/],
    ['something else', '{"status":"ok","series":[]}', /not one of Datadog/],
    ['a page of a proxy', '<html>', /not one of Datadog/],
  ])('is no number with %s', (_name, body, problem) => {
    const reading = readScalar(body);
    expect(reading.value).toBeUndefined();
    expect(reading.problem).toMatch(problem);
    expect(reading.isRefused ?? false).toBe(false);
  });
});

describe('the site of Datadog', () => {
  it.each([
    ['datadoghq.com', 'https://api.datadoghq.com/api/v2/query/scalar'],
    ['us3.datadoghq.com', 'https://api.us3.datadoghq.com/api/v2/query/scalar'],
    ['datadoghq.eu', 'https://api.datadoghq.eu/api/v2/query/scalar'],
    ['https://proxy.example.com/dd/', 'https://proxy.example.com/dd/api/v2/query/scalar'],
  ])('%s', (site, address) => expect(datadogEndpoint(site).href).toBe(address));
  it.each([
    'datadoghq.co',
    'datadoghq.com.example.com',
    'datadoghq.com/x',
    'http://u:p@x',
    'https://x?y',
    '',
  ])('refuses %j', (site) => expect(() => datadogEndpoint(site)).toThrow(/no site of Datadog/));
});

describe('asking Datadog', () => {
  const ends: (() => void)[] = [];
  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });

  /** A server that answers as given, and what it was asked. */
  async function serve(status: number, body: unknown, headers: Record<string, string> = {}) {
    const asked: { headers: IncomingMessage['headers']; body: unknown }[] = [];
    const server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      asked.push({ headers: request.headers, body: JSON.parse(Buffer.concat(parts).toString('utf8')) });
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    ends.push(() => server.close());
    const site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { asked, datadog: new Datadog(datadogEndpoint(site), { api: 'api-key', app: 'app-key' }) };
  }

  it('sends the keys, the queries and the time that is asked about', async () => {
    const { asked, datadog } = await serve(200, scalar(0.5));
    expect(await datadog.ask(question, never)).toEqual({ value: 0.5 });
    expect(asked[0]?.headers).toMatchObject({ 'dd-api-key': 'api-key', 'dd-application-key': 'app-key' });
    expect(requestOf(question, 100_000)).toEqual({
      data: {
        type: 'scalar_request',
        attributes: {
          from: 40_000,
          to: 100_000,
          formulas: [{ formula: 'a' }],
          queries: [{ data_source: 'metrics', name: 'a', query: 'avg:x{*}', aggregator: 'avg' }],
        },
      },
    });
  });
  it.each([
    [400, { errors: ['Rule 1: bad query'] }, 'HTTP 400: Rule 1: bad query', true],
    [403, { errors: ['Forbidden'] }, 'HTTP 403: Forbidden', true],
    [500, { errors: [] }, 'HTTP 500', false],
    [302, {}, 'HTTP 302', false],
  ])('tells HTTP %i apart', async (status, body, problem, isRefused) => {
    const { datadog } = await serve(status, body);
    const reading = await datadog.ask(question, never);
    expect(reading.problem).toBe(problem);
    expect(reading.isRefused ?? false).toBe(isRefused);
  });
  it('that asks for too much is left alone for as long as it says', async () => {
    const { asked, datadog } = await serve(429, { errors: ['Rate limit'] }, { 'x-ratelimit-reset': '20' });
    expect((await datadog.ask(question, never)).problem).toMatch(/HTTP 429.*again in 20 s/);
    expect((await datadog.ask(question, never)).problem).toMatch(/HTTP 429/);
    expect(asked).toHaveLength(1);
  });
  it('that is not there is no verdict', async () => {
    const { datadog } = await serve(200, {});
    for (const end of ends.splice(0)) end();
    expect((await datadog.ask(question, never)).problem).toMatch(/does not answer/);
  });

  it('asks about both versions where they are compared', async () => {
    const { asked, datadog } = await serve(200, scalar(2));
    const plan = await parsePlan(`
metrics:
  - name: errors
    datadog:
      errors: "sum:hits.errors{kube_deployment:{{workload}},kube_namespace:{{namespace}}}.as_count()"
      all: "sum:hits{pod_name IN ({{pods}})}.as_count()"
    formula: errors / all
    aggregator: sum
    window: 2m
    stable: { max-ratio: 1 }
`);
    const version = { namespace: 'stage', release: 'web', track: '' };
    const look: Look = {
      candidate: { ...version, workloads: ['web-canary'], pods: ['web-canary-a', 'web-canary-b'] },
      stable: { ...version, workloads: ['web'], pods: ['web-a'] },
      restarts: 0,
      unready: 0,
      strangers: 0,
    };
    const bench = { datadog } as unknown as Bench;
    expect(await take(plan.metrics[0] as Metric, bench, look, never)).toEqual({ value: 2, stable: 2 });
    const sent = asked.map(({ body }) => JSON.stringify(body));
    expect(sent).toHaveLength(2);
    expect(sent[0]).toContain('kube_deployment:web-canary,kube_namespace:stage');
    expect(sent[0]).toContain('pod_name IN (web-canary-a,web-canary-b)');
    expect(sent[0]).toContain('"formula":"errors / all"');
    expect(sent[0]).toContain('"aggregator":"sum"');
    expect(sent[1]).toContain('kube_deployment:web,');
  });
});

describe('a question to Datadog in the analysis file', () => {
  const read = (lines: string) => parsePlan(`metrics:\n  - name: x\n    max: 1\n    ${lines.trim()}\n`);
  it('may be one query', async () => {
    const plan = await read('datadog: "avg:x{pod_name:{{pods}}}"');
    expect(plan.metrics[0]?.source).toEqual({
      kind: 'datadog',
      queries: { query: 'avg:x{pod_name:{{pods}}}' },
      formula: 'query',
      aggregator: 'avg',
      windowMs: 300_000,
    });
  });
  it.each([
    ['datadog: { a: "x", b: "y" }', /2 queries, and needs a formula/],
    ['datadog: { "a b": "x" }', /texts under names/],
    ['datadog: { a: 1 }', /texts under names/],
    ['datadog: {}', /texts under names/],
    ['datadog: "x{{nope}}"', /placeholder \{\{nope\}\}/],
    ['datadog: x\n    aggregator: p99', /aggregator must be one of avg/],
    ['datadog: x\n    window: 1s', /at least 10s/],
    ['prometheus: x\n    window: 1m', /field 'window'/],
    ['datadog: x\n    timeout: 3s', /timeout belongs to a command/],
    ['datadog: x\n    stable: { max-ratio: 1 }', /asks the same of both/],
  ])('%s is refused', async (lines, message) => {
    await expect(read(lines)).rejects.toThrow(message);
  });
});
