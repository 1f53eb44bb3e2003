import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ask, parsePrometheus, readAnswer } from '../../src/analysis/prometheus.ts';
import type { KubeClient } from '../../src/cluster/client.ts';

const vector = (...values: string[]) =>
  JSON.stringify({
    status: 'success',
    data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1, value] })) },
  });

describe('the answer of Prometheus', () => {
  it.each([
    ['one series', vector('0.25'), { value: 0.25 }],
    ['a scalar', '{"status":"success","data":{"resultType":"scalar","result":[1,"3"]}}', { value: 3 }],
    ['an exponent', vector('1e-3'), { value: 0.001 }],
  ])('%s is a number', (_name, body, reading) => expect(readAnswer(body)).toEqual(reading));

  it.each([
    ['no series', vector(), /^no data$/],
    ['NaN', vector('NaN'), /no data \(NaN\)/],
    ['+Inf', vector('+Inf'), /no data/],
    ['an empty text', vector(''), /no data/],
    ['two series', vector('1', '2'), /gives 2 series/],
    ['a matrix', '{"status":"success","data":{"resultType":"matrix","result":[]}}', /gives a matrix/],
    ['a page of a proxy', '<html>502</html>', /not one of Prometheus/],
    ['nothing', '', /not one of Prometheus/],
    [
      'an error',
      '{"status":"error","errorType":"timeout","error":"query timed out"}',
      /timeout: query timed out/,
    ],
  ])('%s is none', (_name, body, problem) => {
    const reading = readAnswer(body);
    expect(reading.value).toBeUndefined();
    expect(reading.problem).toMatch(problem);
    expect(reading.isRefused ?? false).toBe(false);
  });

  it('tells a wrong query from everything else', () => {
    const body = '{"status":"error","errorType":"bad_data","error":"1:5: parse error"}';
    expect(readAnswer(body)).toEqual({ problem: 'bad_data: 1:5: parse error', isRefused: true });
  });
});

describe('the address of Prometheus', () => {
  const settings = { namespace: 'stage', token: '', tenant: '' };
  it.each([
    [
      'service/prometheus:9090',
      { via: 'service', namespace: 'stage', service: 'prometheus', port: '9090', prefix: '', tenant: '' },
    ],
    [
      'service/monitoring/prom:web/prometheus/',
      { namespace: 'monitoring', service: 'prom', port: 'web', prefix: '/prometheus' },
    ],
  ])('%s', (text, expected) => expect(parsePrometheus(text, settings)).toMatchObject(expected));
  it.each(['prometheus:9090', 'file:///x', 'service/a/b/c:1', 'service/a:1/../../secrets?x', 'ftp://x'])(
    'refuses %s',
    (text) => {
      expect(() => parsePrometheus(text, settings)).toThrow(/neither an address nor a service/);
    },
  );
});

describe('asking at an address', () => {
  it.each([
    ['a token', '', { token: 'secret', tenant: '' }, { authorization: 'Bearer secret' }],
    [
      'a password',
      'user:p%40ss@',
      { token: '', tenant: '' },
      { authorization: `Basic ${btoa('user:p@ss')}` },
    ],
    ['a tenant', '', { token: '', tenant: 'a' }, { 'x-scope-orgid': 'a', 'thanos-tenant': 'a' }],
  ])('sends %s', async (_name, login, settings, expected) => {
    const seen: { url?: string | undefined; headers: IncomingMessage['headers'] }[] = [];
    const server = createServer((request, response) => {
      seen.push({ url: request.url, headers: request.headers });
      request.resume();
      response.end(vector('1'));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const target = parsePrometheus(`http://${login}127.0.0.1:${port}/prom`, { namespace: 'x', ...settings });
    const reading = await ask(target, 'up', {} as KubeClient, new AbortController().signal);
    server.close();
    expect(reading).toEqual({ value: 1 });
    expect(seen[0]).toMatchObject({ url: '/prom/api/v1/query', headers: expected });
  });
});
