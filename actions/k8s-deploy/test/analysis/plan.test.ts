import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fill } from '../../src/analysis/placeholders.ts';
import { parsePlan } from '../../src/analysis/plan.ts';

const WHOLE = `
interval: 5s
delay: 15s
duration: 2m
tenant: team-a
metrics:
  - name: error rate
    prometheus: |
      sum(rate(http_requests_total{namespace="{{namespace}}",pod=~"{{pods}}",code=~"5.."}[30s]))
        / sum(rate(http_requests_total{namespace="{{namespace}}",pod=~"{{pods}}"}[30s]))
    max: 0.05
    stable: { max-ratio: 1.5, margin: 0.01 }
    minimum-samples: 6
    failures: 1
  - name: answers
    http: service/photo-app:80/healthz
    max: 500
  - name: script
    command: [node, scripts/check.mjs]
    timeout: 10s
`;

describe('the analysis file', () => {
  it('is read whole', async () => {
    const plan = await parsePlan(WHOLE);
    expect(plan).toMatchObject({ intervalMs: 5000, delayMs: 15_000, durationMs: 120_000, tenant: 'team-a' });
    expect(plan.metrics).toMatchObject([
      {
        name: 'error rate',
        limits: { max: 0.05, stable: { maxRatio: 1.5, margin: 0.01 } },
        minimumSamples: 6,
        failures: 1,
      },
      {
        name: 'answers',
        source: { kind: 'http', target: { via: 'service', service: 'photo-app' } },
        limits: { max: 500 },
      },
      { name: 'script', source: { kind: 'command', argv: ['node', 'scripts/check.mjs'], timeoutMs: 10_000 } },
    ]);
  });

  const one = (metric: string) => `metrics:\n  - { name: m, ${metric} }\n`;
  it.each([
    ['nothing', '', /must be a mapping/],
    ['a list', '- a', /must be a mapping/],
    ['no YAML', 'metrics: [', /no YAML/],
    ['the same key twice', 'interval: 5s\ninterval: 6s', /no YAML/],
    ['an alias bomb', `a: &a [x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(9)}]\nc: [${'*b,'.repeat(9)}]`, /no YAML/],
    ['a field of no meaning', 'interval: 5s\nmetric: []', /field 'metric'/],
    ['no metrics', 'interval: 5s', /1 to 30/],
    ['an interval without a unit', 'interval: 5\nmetrics: []', /interval must be a duration/],
    ['an interval too short', `interval: 1ms\n${one('http: "https://x"')}`, /at least 500ms/],
    ['no source', one('max: 1'), /one of prometheus, datadog, http and command, and has 0/],
    ['two sources', one('prometheus: up, http: "https://x", max: 1'), /has 2/],
    ['a query without a limit', one('prometheus: up'), /needs a limit/],
    ['a limit that is text', one('prometheus: up, max: "1"'), /metrics\[0\]\.max must be a number/],
    ['a limit that is no number', one('prometheus: up, max: .nan'), /must be a number/],
    [
      'a comparison of the same with the same',
      one('prometheus: up, stable: { max-ratio: 2 }'),
      /asks the same of both/,
    ],
    [
      'a comparison with nothing',
      one('prometheus: "up{pod=~\\"{{pods}}\\"}", stable: { margin: 2 }'),
      /needs max-ratio/,
    ],
    ['a negative ratio', one('prometheus: "up{pod=~\\"{{pods}}\\"}", stable: { max-ratio: -2 }'), /negative/],
    ['an unknown placeholder', one('prometheus: "up{a=\\"{{pod}}\\"}", max: 1'), /placeholder \{\{pod\}\}/],
    ['a comparison of checks', one('http: "https://x", stable: { max-ratio: 2 }'), /belongs to prometheus/],
    ['a file address', one('http: "file:///etc/passwd"'), /http\(s\) address/],
    ['a command that is a shell line', one('command: "curl x | sh"'), /command must be a list/],
    ['a command of nothing', one('command: []'), /command must be a list/],
    ['a misspelt limit', one('prometheus: up, max: 1, minn: 2'), /field 'minn'/],
    ['half a sample', one('prometheus: up, max: 1, minimum-samples: 0.5'), /whole number/],
    ['a name with a line', 'metrics:\n  - { name: "a\\n::set-env::", http: "https://x" }', /name must be/],
    [
      'two of one name',
      'metrics:\n  - { name: m, http: "https://x" }\n  - { name: m, http: "https://y" }',
      /two metrics/,
    ],
    ['a tenant with a header in it', `tenant: "a\\r\\nx: y"\n${one('http: "https://x"')}`, /tenant/],
  ])('refuses %s', async (_name, text, message) => {
    await expect(parsePlan(text)).rejects.toMatchObject({
      code: 'bad-analysis',
      message: expect.stringMatching(message),
    });
  });

  it('is a plan or a refusal with a remedy, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        const result = await parsePlan(text).catch((error: unknown) => error);
        if (!(result instanceof Error)) throw new Error(`taken: ${text}`);
        expect(result).toMatchObject({ code: 'bad-analysis' });
      }),
    );
  });
});

describe('a query with its placeholders filled', () => {
  const version = {
    namespace: 'stage',
    release: 'web',
    workloads: ['web-canary'],
    pods: ['web.v1-a-1', 'web-a-2'],
    track: 'canary',
  };
  it('names the pods and nothing else', () => {
    const query = fill('up{namespace="{{namespace}}",pod=~"{{ pods }}",track="{{track}}"}', version);
    expect(query).toBe('up{namespace="stage",pod=~"web[.]v1-a-1|web-a-2",track="canary"}');
  });
  it('leaves braces of PromQL alone', () => {
    const query = 'sum by (pod) (up{job="a"}) + {__name__=~"x"}';
    expect(fill(query, version)).toBe(query);
  });
});
