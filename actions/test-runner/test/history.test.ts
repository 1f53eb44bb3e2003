import { Collector, keyOf, type RunRecord, type TestCase } from '@fairway/reports';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_HISTORY, remember } from '../src/history.ts';
import { parseHistory, writeHistory } from '../src/history-file.ts';

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

test('timings follow noise slowly and a change at once, and a red test keeps the commit that broke it', () => {
  const at = (index: number) => ({
    sha: SHAS[index] ?? '',
    at: index,
    coverage: 50,
    result: 'failed' as const,
  });
  const first = remember(NO_HISTORY, run([{}]), at(0));
  const second = remember(first, run([{ status: 'failed', durationMs: 120 }]), at(1));
  const third = remember(second, run([{ status: 'failed', durationMs: 200 }]), at(2));
  expect(first.timings.get('f')).toBe(100);
  expect(second.timings.get('f')).toBe(106); // within a quarter: noise
  expect(third.timings.get('f')).toBe(191); // twice as long: the file has changed
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

test('a run that broke keeps what is known of the tests, and its coverage is no measure', () => {
  const mark = { sha: SHAS[0] ?? '', at: 1, coverage: 90 };
  const good = remember(NO_HISTORY, run([{}, { name: 'u' }]), { ...mark, result: 'passed' });
  const broken = remember(good, run([{}]), { ...mark, result: 'error' });
  expect(broken.roster).toEqual(new Map([['f', ['s › t', 's › u']]]));
  expect(broken.files.get('f')).toBe(2);
  expect(broken.runs.map(({ passed }) => passed)).toEqual([true, false]);
  expect(parseHistory(writeHistory(broken))).toEqual(broken);
});
