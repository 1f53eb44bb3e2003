import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CoverageCollector,
  linesOfRanges,
  mergeCoverage,
  patchCoverage,
  percent,
  percentText,
  ranges,
  readCoverage,
  totalCoverage,
} from '../src/coverage/index.ts';
import { file } from './read.ts';

async function read(text: string) {
  const collector = new CoverageCollector();
  await readCoverage(file(text), 'report', collector);
  return collector.coverage((path) => path.replace(/^\/repo\//, ''));
}

describe('the formats', () => {
  test.for([
    ['lcov', 'TN:\nSF:src/a.ts\nDA:1,3\nDA:2,0\nDA:3,1\nend_of_record\n', 'src/a.ts'],
    [
      'Cobertura',
      '<?xml version="1.0"?><!DOCTYPE coverage SYSTEM "x.dtd"><coverage line-rate="1"><sources><source>/repo</source></sources><packages><package><classes><class filename="src/a.ts"><lines><line number="1" hits="1"/><line number="2" hits="0"/><line number="3" hits="9"/></lines></class></classes></package></packages></coverage>',
      'src/a.ts',
    ],
    [
      'Clover',
      '<coverage generated="1" clover="3"><project><file name="a.ts" path="/repo/src/a.ts"><line num="1" count="1"/><line num="2" count="0"/><line num="3" count="1"/></file></project></coverage>',
      'src/a.ts',
    ],
    [
      'JaCoCo',
      '<report name="x"><sessioninfo id="1"/><package name="com/example"><sourcefile name="A.java"><line nr="1" mi="0" ci="2"/><line nr="2" mi="3" ci="0"/><line nr="3" mi="1" ci="1"/></sourcefile></package></report>',
      'com/example/A.java',
    ],
    [
      'Go',
      'mode: set\nexample.com/app/a.go:1.1,1.9 1 1\nexample.com/app/a.go:2.1,2.5 1 0\nexample.com/app/a.go:3.1,3.5 1 1\n',
      'example.com/app/a.go',
    ],
    [
      'Istanbul',
      JSON.stringify({
        '/repo/src/a.ts': {
          path: '/repo/src/a.ts',
          statementMap: { 0: { start: { line: 1 } }, 1: { start: { line: 2 } }, 2: { start: { line: 3 } } },
          s: { 0: 1, 1: 0, 2: 4 },
        },
      }),
      'src/a.ts',
    ],
  ] as const)('%s', async ([, text, path]) => {
    const found = (await read(text)).get(path);
    expect([...(found?.hit ?? [])]).toEqual([1, 3]);
    expect([...(found?.missed ?? [])]).toEqual([2]);
  });

  test('anything else is one clear error', async () => {
    await expect(read('hello')).rejects.toMatchObject({ code: 'unreadable-report' });
  });
});

test('a line that ran in one shard ran', async () => {
  const one = await read('SF:a\nDA:1,1\nDA:2,0\nend_of_record\n');
  const two = await read('SF:a\nDA:1,0\nDA:2,0\nDA:3,1\nend_of_record\n');
  const merged = mergeCoverage([one, two]);
  expect(totalCoverage(merged)).toEqual({ covered: 2, lines: 3 });
});

test('a change is covered by its own lines only', async () => {
  const coverage = await read('SF:a\nDA:1,1\nDA:2,0\nDA:3,1\nend_of_record\n');
  const patch = patchCoverage(
    coverage,
    new Map([
      ['a', new Set([2, 3, 4])],
      ['docs.md', new Set([1])],
    ]),
  );
  expect(patch).toMatchObject({ covered: 1, lines: 2 });
  expect(percent(patch)).toBe(50);
  expect([...patch.missed]).toEqual([['a', [2]]]);
  expect(percent({ covered: 0, lines: 0 })).toBeUndefined();
  expect(percentText(79.9999)).toBe('79.99');
});

test('ranges and back', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 5_000 })), (lines) => {
      const sorted = lines.toSorted((a, b) => a - b);
      expect([...linesOfRanges(ranges(lines))]).toEqual(sorted);
    }),
  );
  expect(linesOfRanges('1-99999999').size).toBe(1_000_000);
  expect(linesOfRanges('x,-1,3-2').size).toBe(0);
});
