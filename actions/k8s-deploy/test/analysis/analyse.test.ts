import { describe, expect, it } from 'vitest';
import { analyse, lifeMetrics, reasonOf } from '../../src/analysis/analyse.ts';
import { analysisSection, limitText, sparkline } from '../../src/analysis/chart.ts';
import type { AnalysisPlan, Metric } from '../../src/analysis/metric.ts';
import { type Look, readCommand, type Taken } from '../../src/analysis/probe.ts';

const metric = (name: string, extra: Partial<Metric> = {}): Metric => ({
  name,
  source: { kind: 'prometheus', query: 'up' },
  limits: { max: 1 },
  minimumSamples: 2,
  failures: 0,
  ...extra,
});
const plan = (metrics: Metric[], extra: Partial<AnalysisPlan> = {}): AnalysisPlan => ({
  intervalMs: 10,
  delayMs: 0,
  durationMs: undefined,
  tenant: '',
  metrics,
  ...extra,
});
const version = { namespace: 'n', release: 'r', workloads: [], pods: [], track: '' };
const look: Look = { candidate: version, stable: version, restarts: 0, unready: 0, strangers: 0 };

/** A clock that goes on only when somebody waits. */
function fakeClock(tookMs = 0) {
  let now = 1000;
  const waits: number[] = [];
  return {
    waits,
    spend: () => {
      now += tookMs;
    },
    now: () => now,
    pause: async (ms: number) => {
      waits.push(ms);
      now += ms;
    },
  };
}

async function analysed(
  what: AnalysisPlan,
  values: (turn: number, metric: Metric) => Taken,
  durationMs = 50,
  tookMs = 0,
) {
  const clock = fakeClock(tookMs);
  let turn = 0;
  const analysis = await analyse(what, {
    durationMs,
    beganMs: 1000,
    signal: new AbortController().signal,
    clock,
    look: async () => {
      turn++;
      clock.spend();
      return look;
    },
    measure: async (one) => values(turn, one),
  });
  return { analysis, clock, turns: turn };
}

describe('sampling', () => {
  it('goes on to the end of the step and passes', async () => {
    const { analysis, turns } = await analysed(plan([metric('a')]), () => ({ value: 1 }));
    expect(analysis.verdict).toBe('pass');
    expect(turns).toBe(6);
    expect(analysis.measured[0]?.samples.map(({ atMs }) => atMs)).toEqual([0, 10, 20, 30, 40, 50]);
  });

  it('ends at the first sample that cannot be forgiven', async () => {
    const { analysis, turns } = await analysed(plan([metric('a'), metric('b')]), (turn, { name }) => ({
      value: name === 'b' && turn === 3 ? 2 : 0,
    }));
    expect(turns).toBe(3);
    expect(analysis.verdict).toBe('fail');
    expect(reasonOf(analysis)).toBe('b: 2, more than 1 (1 of 3 samples bad, none is forgiven)');
  });

  it('gives no verdict from no data', async () => {
    const { analysis } = await analysed(plan([metric('a')]), (turn) =>
      turn === 1 ? { value: 0 } : { problem: 'no data' },
    );
    expect(analysis.verdict).toBe('inconclusive');
    expect(reasonOf(analysis)).toBe('a: no verdict, 1 of 6 samples had data and 2 are needed (no data)');
  });

  it('takes the duration and the delay of the plan', async () => {
    const { turns, clock } = await analysed(plan([metric('a')], { durationMs: 20, delayMs: 7 }), () => ({
      value: 0,
    }));
    expect(turns).toBe(3);
    expect(clock.waits).toEqual([7, 10, 10]);
  });

  it('does not make up for slow samples in a burst', async () => {
    const { turns, clock } = await analysed(plan([metric('a')]), () => ({ value: 0 }), 50, 25);
    expect(turns).toBe(3);
    expect(clock.waits).toEqual([0, 0]);
  });

  it('takes at least one sample, however short the step', async () => {
    const { turns } = await analysed(plan([metric('a', { minimumSamples: 1 })]), () => ({ value: 0 }), 0);
    expect(turns).toBe(1);
  });

  it('looks at the life of the pods by itself', () => {
    const [restarts, unready] = lifeMetrics(2);
    expect(restarts?.limits.max).toBe(1);
    expect(unready?.limits.max).toBe(0);
  });
});

describe('what a command says', () => {
  const ended = (exitCode: number | null, stdout = '', extra = {}) =>
    readCommand({
      argv: [],
      exitCode,
      signal: null,
      timedOut: false,
      durationMs: 1,
      stdout,
      stderr: '',
      truncated: false,
      ...extra,
    });
  it.each([
    ['good', ended(0), {}],
    ['good with a number in its last line', ended(0, 'checking\n 12.5 \n'), { value: 12.5 }],
    ['bad', ended(1, '3'), { value: 3, failed: 'the command ended with exit code 1' }],
    ['without data', ended(75), { problem: expect.stringMatching(/no data/) }],
    ['no number from hostile text', ended(0, '0x10; rm -rf /'), {}],
    ['cancelled', ended(null, '', { cancelled: true }), { problem: 'it was cancelled' }],
  ])('%s', (_name, taken, expected) => expect(taken).toEqual(expected));
  it('that takes too long is bad', () =>
    expect(ended(null, '', { timedOut: true }).failed).toMatch(/its time/));
});

describe('the chart', () => {
  it('draws values from nothing to the top, and dots where there is no data', () => {
    expect(sparkline([0, 1, undefined, 2, 4, Number.NaN], 4)).toBe('▁▃·▅█·');
  });
  it('is flat where all is nothing', () => expect(sparkline([0, 0], 0)).toBe('▁▁'));
  it('keeps every peak of a long course', () => {
    const values = Array.from({ length: 1000 }, (_, index) => (index === 777 ? 9 : 1));
    const row = sparkline(values, 9);
    expect([...row]).toHaveLength(40);
    expect(row).toContain('█');
  });
  it('says the limit in words', () => {
    expect(limitText({ max: 0.05, stable: { maxRatio: 1.5, margin: 0.01 } })).toBe(
      '≤ 0.05, ≤ stable × 1.5 + 0.01',
    );
    expect(limitText({})).toBe('succeeds');
  });
  it('shows each metric and lets nothing from outside be markup', async () => {
    const { analysis } = await analysed(plan([metric('a')]), () => ({ problem: '<img src=x> | [x](y)' }));
    const { body } = analysisSection('Canary at 10 %', analysis);
    expect(body).toContain('⚪ no verdict');
    expect(body).toContain('6 without data');
    expect(body).not.toContain('<img');
  });
});
