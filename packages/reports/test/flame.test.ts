import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Collector } from '../src/collect.ts';
import { type Flame, flameOf } from '../src/render/flame.ts';

function results(...tests: readonly (readonly [string, string, number])[]) {
  const collector = new Collector();
  for (const [file, name, durationMs] of tests)
    collector.add({ suite: 's', name, file, durationMs, status: name === 'red' ? 'failed' : 'passed' });
  return collector.results();
}

const drawn = ({ name, ms, children }: Flame): unknown =>
  children.length === 0 ? `${name} ${ms}` : { [`${name} ${ms}`]: children.map(drawn) };

test('folders over files over tests, the longest first, with what is thin drawn together', () => {
  const flame = flameOf(
    results(
      ['test/unit/a.ts', 'one', 100],
      ['test/unit/a.ts', 'two', 500],
      ['test/unit/b.ts', 'red', 300],
      ['test/end/c.ts', 'three', 1_000],
      ['test/end/c.ts', 'thin', 1],
      ['test/end/c.ts', 'thinner', 0.5],
    ),
  );
  expect(drawn(flame)).toEqual({
    'all tests 1901.5': [
      {
        'test 1901.5': [
          { 'end/c.ts 1001.5': ['three 1000', '2 more 1.5'] },
          { 'unit 900': [{ 'a.ts 600': ['two 500', 'one 100'] }, { 'b.ts 300': ['red 300'] }] },
        ],
      },
    ],
  });
  const [tests] = flame.children;
  expect(tests?.children.map(({ red }) => red)).toEqual([false, true]);
});

test('a test whose file has another name in the repository is drawn over its file', () => {
  const found = results(['a.ts', 'one', 100]);
  const others = found.others.map((one) => ({ ...one, file: 'app/a.ts', unit: 'a.ts' }));
  expect(drawn(flameOf({ ...found, others }))).toEqual({ 'all tests 100': [{ 'a.ts 100': ['one 100'] }] });
});

test('no part is wider than what it stands on, whatever the paths', () => {
  const path = fc
    .array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join('/'));
  const tests = fc.array(fc.tuple(path, fc.string(), fc.integer({ min: 0, max: 1_000 })), { maxLength: 30 });
  fc.assert(
    fc.property(tests, (all) => {
      const flame = flameOf(results(...all));
      expect(flame.ms).toBe(all.reduce((sum, [, , ms]) => sum + ms, 0));
      const check = (node: Flame): void => {
        const above = node.children.reduce((sum, { ms }) => sum + ms, 0);
        expect(above).toBeLessThanOrEqual(node.ms);
        node.children.forEach(check);
      };
      check(flame);
    }),
  );
});
