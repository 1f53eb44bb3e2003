import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leastMakespan, shardCount, spread, unitsOfShard, weigh } from '../src/shards.ts';

const UNITS = fc.uniqueArray(
  fc.record({ name: fc.string({ minLength: 1 }), weightMs: fc.integer({ min: 1, max: 100_000 }) }),
  {
    selector: ({ name }) => name,
    minLength: 1,
    maxLength: 200,
  },
);

describe('a plan', () => {
  test('runs every file once, within the bound of the rule, and is the same however the files are ordered', () => {
    fc.assert(
      fc.property(UNITS, fc.integer({ min: 1, max: 20 }), (units, count) => {
        const shards = spread(units, count);
        expect(shards.flatMap((shard) => shard.units).toSorted()).toEqual(
          units.map(({ name }) => name).toSorted(),
        );
        const longest = Math.max(...shards.map(({ expectedMs }) => expectedMs));
        // Graham 1969: at most 4/3 − 1/(3m) of the optimum, which is at least the bound used here.
        // With a mean-based bound, list scheduling guarantees mean + heaviest.
        const mean = units.reduce((sum, { weightMs }) => sum + weightMs, 0) / count;
        expect(longest).toBeLessThanOrEqual(mean + Math.max(...units.map(({ weightMs }) => weightMs)));
        expect(spread(units.toReversed(), count)).toEqual(shards);
      }),
    );
  });

  test.for([2, 8, 32, 64])('5,000 files over %d shards stay within 2 %% of the best possible', (count) => {
    // Test durations are spread like a log-normal: many short, a few long.
    let seed = 42;
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return (seed + 1) / 2_147_483_649;
    };
    const units = Array.from({ length: 5_000 }, (_, index) => ({
      name: `f${index}`,
      weightMs: Math.exp(6 + Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())),
    }));
    const longest = Math.max(...spread(units, count).map(({ expectedMs }) => expectedMs));
    expect(longest / leastMakespan(units, count)).toBeLessThan(1.02);
  });

  test('as many shards as the target needs, and no more than help', () => {
    const units = Array.from({ length: 10 }, (_, index) => ({ name: `f${index}`, weightMs: 60_000 }));
    expect(shardCount(units, 300_000, 16)).toBe(2);
    expect(shardCount(units, 60_000, 16)).toBe(10);
    expect(shardCount(units, 60_000, 4)).toBe(4);
    expect(shardCount(units, 3_600_000, 16)).toBe(1);
    // One file longer than the target: two shards take as long as any number would.
    expect(
      shardCount(
        [
          { name: 'long', weightMs: 600_000 },
          { name: 'short', weightMs: 1_000 },
        ],
        60_000,
        16,
      ),
    ).toBe(2);
    expect(shardCount([], 60_000, 16)).toBe(1);
  });

  test('a file without a timing weighs as the others do by size, or as their median', () => {
    const timings = new Map([
      ['a', 100],
      ['b', 300],
      ['c', 10_000],
    ]);
    expect(weigh(['a', 'b', 'c', 'new'], timings).at(-1)).toEqual({ name: 'new', weightMs: 300 });
    // With sizes, as long as the others take by theirs: 10,400 ms over 2,600 bytes.
    const sizes = new Map([
      ['a', 100],
      ['b', 500],
      ['c', 2_000],
      ['new', 50],
    ]);
    expect(weigh(['a', 'b', 'c', 'new', 'newer'], timings, sizes).slice(-2)).toEqual([
      { name: 'new', weightMs: 200 },
      { name: 'newer', weightMs: 300 },
    ]);
    // Without any timing, by size, with a guess for the whole.
    const guessed = weigh(['a', 'b'], new Map(), sizes);
    expect(guessed.map(({ weightMs }) => Math.round(weightMs))).toEqual([667, 3_333]);
  });
});

test('files that the plan did not know run in exactly one shard, and those that are gone in none', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 30 }),
      fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 6 }),
      (planned, found, count) => {
        const plan = spread(
          planned.map((name) => ({ name, weightMs: 1 })),
          count,
        ).map(({ units }) => units);
        const run = plan.flatMap((_, index) => unitsOfShard(plan, index + 1, found).units);
        expect(run.toSorted()).toEqual(found.toSorted());
      },
    ),
  );
});
