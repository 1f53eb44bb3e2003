import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Format } from '../src/read.ts';
import { read } from './read.ts';
import type { Counted } from './second-reader/counts.ts';
import { countCtrf, countJest, countRspec } from './second-reader/json.ts';
import { countDart, countGo, countLibtest, countTap } from './second-reader/lines.ts';
import { countJunit, countNunit, countTrx, countXunit, declaredInJunit } from './second-reader/xml.ts';

const junit = (xml: string): Counted => {
  const declared = declaredInJunit(xml);
  return { ...countJunit(xml), ...(declared && { declared }) };
};

/** Where each is from stands in fixtures/README.md: tests, failed, errored, skipped. */
const FIXTURES: readonly (readonly [string, Format, (text: string) => Counted, readonly number[]])[] = [
  ['mstest.trx', 'trx', countTrx, [7, 2, 1, 2]],
  ['nunit3.xml', 'nunit', countNunit, [10, 1, 4, 2]],
  ['xunit2.xml', 'xunit', countXunit, [7, 2, 2, 1]],
  ['ctrf.json', 'ctrf', countCtrf, [6, 1, 0, 3]],
  ['dart.json', 'dart-json', countDart, [5, 1, 2, 1]],
  ['go.json', 'go-json', countGo, [6, 2, 0, 1]],
  ['jest.json', 'jest-json', countJest, [4, 2, 0, 1]],
  ['vitest.json', 'jest-json', countJest, [4, 2, 0, 1]],
  ['rspec.json', 'rspec-json', countRspec, [4, 2, 0, 1]],
  ['node.tap', 'tap', countTap, [4, 2, 0, 1]],
  ['pytest.xml', 'junit', junit, [4, 2, 0, 1]],
  ['vitest.xml', 'junit', junit, [4, 2, 0, 1]],
  ['playwright.xml', 'junit', junit, [4, 2, 0, 1]],
  ['phpunit.xml', 'junit', junit, [4, 2, 0, 1]],
  ['nextest.xml', 'junit', junit, [3, 2, 0, 0]],
  ['surefire.xml', 'junit', junit, [2, 2, 0, 0]],
  // One says nothing of itself; the other calls its failures errors.
  ['mocha.xml', 'junit', countJunit, [4, 2, 0, 1]],
  ['node.xml', 'junit', countJunit, [4, 2, 0, 1]],
  ['cargo.txt', 'libtest', countLibtest, [7, 3, 0, 1]],
];

test.for(FIXTURES)(
  '%s: what we count, what another reader counts and what the tool says are one',
  async ([name, format, second, [tests, failed, errored, skipped]]) => {
    const text = readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
    const expected = { tests, failed, errored, skipped };
    const { declared, ...counted } = second(text);
    expect(counted, 'another reader').toEqual(expected);
    if (declared) expect(declared, 'the tool').toEqual(expected);
    const { totals, problems, format: found } = await read(text, format === 'libtest' ? format : undefined);
    expect(totals, 'ours').toMatchObject(expected);
    expect(found).toBe(format);
    expect(problems).toEqual([]);
  },
);
