import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Graded, grade, judge, type Sample, together } from '../../src/analysis/judge.ts';
import type { Limits } from '../../src/analysis/metric.ts';

describe('the grade of a sample', () => {
  const cases: [string, Partial<Sample>, Limits, string, RegExp?][] = [
    ['at the limit is good', { value: 5 }, { max: 5 }, 'good'],
    ['above the maximum is bad', { value: 0.0731 }, { max: 0.05 }, 'bad', /^0\.0731, more than 0\.05$/],
    ['below the minimum is bad', { value: 0.9 }, { min: 0.99 }, 'bad', /less than 0\.99/],
    ['NaN is no data', { value: Number.NaN }, { max: 5 }, 'unknown', /no data/],
    ['a division by nothing is no data', { value: Infinity }, { max: 5 }, 'unknown'],
    ['minus infinity is no data', { value: -Infinity }, { max: 5 }, 'unknown'],
    ['nothing is no data', {}, { max: 5 }, 'unknown'],
    ['a problem is told', { problem: 'HTTP 502' }, { max: 5 }, 'unknown', /^HTTP 502$/],
    ['a failed check is bad without limits', { failed: 'HTTP 500' }, {}, 'bad', /^HTTP 500$/],
    ['a passed check is good without limits', {}, {}, 'good'],
    ['a failed check is bad within limits', { value: 1, failed: 'HTTP 500' }, { max: 5 }, 'bad'],
    ['within the ratio', { value: 15, stable: 10 }, { stable: { maxRatio: 1.5, margin: 0 } }, 'good'],
    [
      'beyond the ratio',
      { value: 16, stable: 10 },
      { stable: { maxRatio: 1.5, margin: 0 } },
      'bad',
      /stable version has 10/,
    ],
    [
      'the margin forgives noise near zero',
      { value: 0.003, stable: 0 },
      { stable: { maxRatio: 2, margin: 0.005 } },
      'good',
    ],
    ['and no more than that', { value: 0.006, stable: 0 }, { stable: { maxRatio: 2, margin: 0.005 } }, 'bad'],
    [
      'less than the stable',
      { value: 8, stable: 10 },
      { stable: { minRatio: 0.9, margin: 0 } },
      'bad',
      /less than 9,/,
    ],
    ['less, within the margin', { value: 8, stable: 10 }, { stable: { minRatio: 0.9, margin: 1 } }, 'good'],
    [
      'nothing to compare with',
      { value: 1 },
      { stable: { maxRatio: 2, margin: 0 } },
      'unknown',
      /stable version/,
    ],
    [
      'NaN to compare with',
      { value: 1, stable: Number.NaN },
      { stable: { maxRatio: 2, margin: 0 } },
      'unknown',
    ],
    [
      'the absolute limit counts even then',
      { value: 9 },
      { max: 5, stable: { maxRatio: 2, margin: 0 } },
      'bad',
    ],
    [
      'both limits at the same time',
      { value: 4, stable: 1 },
      { max: 5, stable: { maxRatio: 2, margin: 0 } },
      'bad',
    ],
  ];
  it.each(cases)('%s', (_name, sample, limits, expected, why) => {
    const graded = grade({ atMs: 0, ...sample }, limits);
    expect(graded.grade).toBe(expected);
    if (why) expect(graded.why).toMatch(why);
    if (expected === 'good') expect(graded.why).toBe('');
  });
});

const g: Graded = { atMs: 0, grade: 'good', why: '' };
const b: Graded = { atMs: 0, grade: 'bad', why: 'x' };
const u: Graded = { atMs: 0, grade: 'unknown', why: 'no data' };

describe('the verdict over samples', () => {
  const rules = (minimumSamples: number, failures: number) => ({ minimumSamples, failures });
  it.each([
    ['enough good ones', [g, g, g], rules(3, 0), true, 'pass'],
    ['before the end nothing passes', [g, g, g], rules(3, 0), false, 'open'],
    ['too few with data', [g, u, u], rules(2, 0), true, 'inconclusive'],
    ['none at all', [], rules(1, 0), true, 'inconclusive'],
    ['only without data', [u, u, u, u], rules(1, 0), true, 'inconclusive'],
    ['the first bad one, at once', [b], rules(5, 0), false, 'fail'],
    ['a forgiven bad one', [g, b, g], rules(3, 1), true, 'pass'],
    ['one more than is forgiven', [g, b, g, b], rules(3, 1), false, 'fail'],
    ['forgiven ones count as data', [b, g], rules(2, 1), true, 'pass'],
  ])('%s', (_name, samples, metric, isOver, expected) => {
    expect(judge(metric, samples, isOver)).toBe(expected);
  });

  const samples = fc.array(fc.constantFrom(g, b, u), { maxLength: 40 });
  const metric = fc.record({ minimumSamples: fc.integer({ min: 1, max: 10 }), failures: fc.nat(5) });

  it('does not depend on the order', () => {
    fc.assert(
      fc.property(samples, metric, fc.boolean(), (some, rules, isOver) => {
        expect(judge(rules, some.toReversed(), isOver)).toBe(judge(rules, some, isOver));
      }),
    );
  });

  it('is never made better by a sample without data, nor by a bad one', () => {
    const rank = { pass: 2, inconclusive: 1, open: 1, fail: 0 };
    fc.assert(
      fc.property(samples, metric, (some, rules) => {
        const before = judge(rules, some, true);
        expect(judge(rules, [...some, u], true)).toBe(before);
        const withBad = judge(rules, [...some, b], true);
        // A forgiven bad sample is data all the same, so it may end an inconclusive look; it never turns a failure.
        if (before === 'fail') expect(rank[withBad]).toBe(0);
      }),
    );
  });

  it('passes only with enough data and no more failures than are forgiven', () => {
    fc.assert(
      fc.property(samples, metric, (some, rules) => {
        const known = some.filter(({ grade }) => grade !== 'unknown').length;
        const bad = some.filter(({ grade }) => grade === 'bad').length;
        const passes = known >= rules.minimumSamples && bad <= rules.failures;
        expect(judge(rules, some, true) === 'pass').toBe(passes);
      }),
    );
  });

  it('a larger value is never better under a maximum, whatever the stable version does', () => {
    const number = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(
        number,
        number,
        number,
        number,
        fc.double({ min: 0, max: 10, noNaN: true }),
        (a, c, stable, max, maxRatio) => {
          const limits = { max, stable: { maxRatio, margin: 0 } };
          const [low, high] = [Math.min(a, c), Math.max(a, c)];
          const isBad = (value: number) => grade({ atMs: 0, value, stable }, limits).grade === 'bad';
          if (isBad(low)) expect(isBad(high)).toBe(true);
        },
      ),
    );
  });
});

describe('several verdicts', () => {
  it.each([
    [['pass', 'fail', 'open'], 'fail'],
    [['pass', 'open', 'inconclusive'], 'open'],
    [['pass', 'inconclusive'], 'inconclusive'],
    [['pass', 'pass'], 'pass'],
  ] as const)('%j are %s', (verdicts, expected) => expect(together(verdicts)).toBe(expected));
});
