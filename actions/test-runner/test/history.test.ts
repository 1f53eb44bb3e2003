import { Collector, keyOf, type RunRecord, type TestCase } from '@fairway/reports';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_HISTORY, parseHistory, remember, writeHistory } from '../src/history.ts';

const SHAS = ['a', 'b', 'c'].map((letter) => letter.repeat(40));

function run(tests: readonly Partial<TestCase>[]): RunRecord {
  const collector = new Collector();
  for (const entry of tests)
    collector.add({ suite: 's', name: 't', status: 'passed', durationMs: 100, file: 'f', ...entry });
  const rest = {
    shard: '',
    framework: 'vitest',
    ecosystem: 'node',
    command: '',
    startedAt: 0,
    wallMs: 5,
    attempts: [],
  };
  return { ...rest, results: collector.results(), coverage: new Map() };
}

test('timings follow slowly, and a red test keeps the commit that broke it', () => {
  const at = (index: number) => ({ sha: SHAS[index] ?? '', at: index, coverage: 50 });
  const first = remember(NO_HISTORY, run([{}]), at(0));
  const second = remember(first, run([{ status: 'failed', durationMs: 200 }]), at(1));
  const third = remember(second, run([{ status: 'failed', durationMs: 200 }]), at(2));
  expect(first.timings.get('f')).toBe(100);
  expect(second.timings.get('f')).toBe(140);
  const key = keyOf({ suite: 's', name: 't' });
  expect(third.tests.get(key)).toMatchObject({ red: 2, redSince: SHAS[1] });
  const green = remember(third, run([{}]), at(0));
  expect(green.tests.get(key)).toMatchObject({ runs: 3, red: 2, redSince: '' });
  expect(green.runs).toHaveLength(4);
  expect(parseHistory(writeHistory(green))).toEqual(green);
});

test('a cache entry that is no history is an empty one', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseHistory(text).runs).toEqual([]);
    }),
  );
  expect(parseHistory('')).toEqual(NO_HISTORY);
});
