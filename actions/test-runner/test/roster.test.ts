import { Collector, type Results, type TestCase } from '@fairway/reports';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRoster, rosterChange, rosterOf } from '../src/roster.ts';

function results(...tests: readonly (Partial<TestCase> & { readonly name: string })[]): Results {
  const collector = new Collector();
  for (const entry of tests)
    collector.add({ suite: 's', status: 'passed', durationMs: 1, file: 'a.ts', ...entry });
  return collector.results();
}

describe('tests that came and went', () => {
  test.for([
    ['nothing changed', ['a', 'b'], ['b', 'a'], [], []],
    ['one more', ['a'], ['a', 'b'], ['s › b'], []],
    ['one less', ['a', 'b'], ['a'], [], ['s › b']],
    ['another name', ['a'], ['b'], ['s › b'], ['s › a']],
    ['one of two of the same name', ['a', 'a'], ['a'], [], ['s › a']],
    ['all of them', ['a'], [], [], ['s › a']],
  ] as const)('%s', ([, before, now, added, missing]) => {
    const named = (names: readonly string[]) => results(...names.map((name) => ({ name })));
    const change = rosterChange(rosterOf(named(before)), named(now));
    expect(change?.added.map(({ name }) => name)).toEqual(added);
    expect(change?.missing.map(({ name }) => name)).toEqual(missing);
  });

  test('a file that broke before it could run has lost none', () => {
    const before = rosterOf(results({ name: 'a' }, { name: 'b', file: 'b.ts' }));
    const broken = results({ name: '(the file itself)', status: 'errored' }, { name: 'b', file: 'b.ts' });
    expect(rosterChange(before, broken)).toEqual({ added: [], missing: [] });
  });

  test('nothing is said where not every test is known by name', () => {
    const many = { ...results({ name: 'a' }), omitted: { failures: 0, others: 1 } };
    expect(rosterOf(many)).toBeUndefined();
    expect(rosterChange(rosterOf(results({ name: 'a' })), many)).toBeUndefined();
    expect(rosterChange(undefined, results({ name: 'a' }))).toBeUndefined();
  });

  test('both ways round it is the same change', () => {
    const names = fc.array(fc.constantFrom('a', 'b', 'c', 'd'));
    fc.assert(
      fc.property(names, names, (one, other) => {
        const [first, second] = [one, other].map((list) => results(...list.map((name) => ({ name }))));
        if (!first || !second) throw new Error('two lists make two results');
        const there = rosterChange(rosterOf(first), second);
        const back = rosterChange(rosterOf(second), first);
        expect(there?.added).toEqual(back?.missing);
        expect(one.length + (there?.added.length ?? 0)).toBe(other.length + (there?.missing.length ?? 0));
      }),
    );
  });
});

test('a roster from a cache entry holds names and nothing else', () => {
  expect(parseRoster({ 'a.ts': ['one', 2, null], 'b.ts': 'no list' })).toEqual(new Map([['a.ts', ['one']]]));
});
