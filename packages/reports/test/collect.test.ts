import { expect, test } from 'vitest';
import { Collector } from '../src/collect.ts';
import { KEPT_FILES } from '../src/model.ts';

function collected(files: Iterable<string>) {
  const collector = new Collector();
  for (const file of files)
    collector.add({ suite: 's', name: 'n', file, status: file === 'b' ? 'failed' : 'passed', durationMs: 2 });
  return collector.results();
}

test('tests of files that take turns are booked each to its own', () => {
  expect([...collected(['a', 'a', 'b', 'a', '', 'b', 'b', '']).files]).toEqual([
    ['a', { tests: 3, failed: 0, durationMs: 6 }],
    ['b', { tests: 3, failed: 3, durationMs: 6 }],
    ['', { tests: 2, failed: 0, durationMs: 4 }],
  ]);
});

test('of files without number the first have a tally, and go on being counted', () => {
  const many = Array.from({ length: KEPT_FILES + 5 }, (_, index) => `file ${index}`);
  const { files, totals } = collected([...many, ...many.slice(-5), 'file 0']);
  expect(files.size).toBe(KEPT_FILES);
  expect(files.get('file 0')?.tests).toBe(2);
  expect(totals.tests).toBe(KEPT_FILES + 11);
});
