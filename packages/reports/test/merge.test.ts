import { describe, expect, test } from 'vitest';
import { Collector } from '../src/collect.ts';
import { mergeAttempt, mergeResults } from '../src/merge.ts';
import { KEPT_FAILURES, KEPT_TESTS, type Status, type TestCase } from '../src/model.ts';

function results(...tests: (Partial<TestCase> & { name: string; status: Status })[]) {
  const collector = new Collector();
  for (const entry of tests) collector.add({ suite: 's', durationMs: 10, file: 'f', ...entry });
  return collector.results();
}

describe('a further attempt', () => {
  test('a red test that passes now is flaky and green', () => {
    const merged = mergeAttempt(
      results(
        { name: 'a', status: 'failed' },
        { name: 'b', status: 'errored' },
        { name: 'c', status: 'passed' },
      ),
      results({ name: 'a', status: 'passed' }, { name: 'b', status: 'failed' }),
      2,
    );
    expect(merged.totals).toMatchObject({ tests: 3, passed: 2, failed: 0, errored: 1, flaky: 1 });
    expect(merged.failures).toMatchObject([
      { name: 'a', status: 'passed', flaky: true, attempts: 2 },
      { name: 'b', status: 'errored', attempts: 2 },
    ]);
    expect(merged.files.get('f')?.failed).toBe(1);
  });

  test('what was not run again, or only skipped, stays red', () => {
    const merged = mergeAttempt(
      results({ name: 'a', status: 'failed' }, { name: 'b', status: 'failed' }),
      results({ name: 'a', status: 'skipped' }),
      2,
    );
    expect(merged.totals).toMatchObject({ failed: 2, flaky: 0 });
  });

  test('of two tests of one name, one red keeps both red', () => {
    const merged = mergeAttempt(
      results({ name: 'a', status: 'failed' }),
      results({ name: 'a', status: 'passed' }, { name: 'a', status: 'failed' }),
      2,
    );
    expect(merged.totals.failed).toBe(1);
  });

  test('a file that loads now brings its tests', () => {
    const merged = mergeAttempt(
      results({ name: '(the file itself)', status: 'errored' }),
      results({ name: 'a', status: 'passed' }, { name: 'b', status: 'passed' }),
      2,
    );
    expect(merged.totals).toMatchObject({ tests: 3, passed: 3, errored: 0, flaky: 1 });
  });

  test.for([
    ['before the tests, which it brings now', [], { tests: 3, passed: 3, flaky: 1 }],
    [
      'after the tests, which are told already',
      [{ name: 'a', status: 'failed' } as const, { name: 'b', status: 'passed' } as const],
      { tests: 3, passed: 3, flaky: 2 },
    ],
  ] as const)('a hook around the suite that broke %s', ([, tests, totals]) => {
    const hook = { name: '(the suite itself)', suite: '', status: 'errored' } as const;
    const collector = new Collector();
    collector.add({ ...hook, durationMs: 0 });
    for (const entry of tests) collector.add({ suite: 's', file: 'f', durationMs: 10, ...entry });
    const green = results({ name: 'a', status: 'passed' }, { name: 'b', status: 'passed' });
    expect(mergeAttempt(collector.results(), green, 2).totals).toMatchObject({
      ...totals,
      failed: 0,
      errored: 0,
    });
    const red = results({ name: 'a', status: 'passed' }, { name: 'c', status: 'failed' });
    expect(mergeAttempt(collector.results(), red, 2).totals.errored).toBe(1);
  });
});

test('shards add up', () => {
  const merged = mergeResults([
    results({ name: 'a', status: 'passed', file: 'one' }),
    results({ name: 'b', status: 'failed', file: 'two' }, { name: 'c', status: 'skipped', file: 'one' }),
  ]);
  expect(merged.totals).toEqual({
    tests: 3,
    passed: 1,
    failed: 1,
    errored: 0,
    skipped: 1,
    flaky: 0,
    durationMs: 30,
  });
  expect(merged.files.get('one')).toEqual({ tests: 2, failed: 0, durationMs: 20 });
});

test('counts are exact where lists are bounded', () => {
  const collector = new Collector();
  for (let index = 0; index < KEPT_TESTS + 10; index++)
    collector.add({ suite: 's', name: `${index}`, status: 'passed', durationMs: index });
  for (let index = 0; index < KEPT_FAILURES + 5; index++)
    collector.add({ suite: 's', name: `f${index}`, status: 'failed', durationMs: 0 });
  const { totals, omitted, slowest, others } = collector.results();
  expect(totals).toMatchObject({ tests: KEPT_TESTS + KEPT_FAILURES + 15, failed: KEPT_FAILURES + 5 });
  expect(omitted).toEqual({ failures: 5, others: 10 });
  expect(others).toHaveLength(KEPT_TESTS);
  expect(slowest[0]?.durationMs).toBe(KEPT_TESTS + 9);
});
