import { number, type Tree } from '@fairway/action-kit/tree';

/** The largest weight of the Gateway API; the other routers have no lower one. */
const LARGEST = 1_000_000;

/** How the entries of one rule are split. */
export interface Splitting {
  /** Whole percent of what the old version gets that goes to the new one. */
  readonly percent: number;
  /** The weight of an entry that names none. */
  readonly unnamed: number;
  /** The same entry for the new version; undefined for an entry that is not of ours. */
  readonly beside: (entry: Tree) => Tree | undefined;
}

/**
 * Splits the weighted entries of one rule: each that leads to the old version is followed by one to the new version,
 * which takes over its share of it. The others keep what they had.
 * @returns undefined where no entry leads to the old version
 */
export function split(entries: readonly Tree[], { percent, unnamed, beside }: Splitting): Tree[] | undefined {
  const pairs = entries.map((entry) => {
    const weight = Math.max(0, number(entry.weight, unnamed));
    // What gets nothing on purpose goes on getting nothing.
    return { entry, weight, next: weight > 0 ? beside(entry) : undefined };
  });
  if (pairs.every(({ next }) => next === undefined)) return undefined;
  const divisor = pairs.reduce((sum, { weight }) => greatestDivisor(sum, weight), 0) || 1;
  const largest = Math.max(...pairs.map(({ weight }) => weight)) / divisor;
  const scale = Math.min(1, LARGEST / (100 * largest || 1)) / divisor;
  const part = (weight: number, share: number) =>
    weight === 0 || share === 0 ? 0 : Math.max(1, Math.round(weight * share * scale));
  return pairs.flatMap(({ entry, next, weight }) =>
    next === undefined
      ? [{ ...entry, weight: part(weight, 100) }]
      : [
          { ...entry, weight: part(weight, 100 - percent) },
          { ...next, weight: part(weight, percent) },
        ],
  );
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
