/** A test file (or package) and what it is expected to take. */
export interface Unit {
  readonly name: string;
  readonly weightMs: number;
}

export interface ShardPlan {
  readonly units: readonly string[];
  readonly expectedMs: number;
}

/**
 * Spreads units over shards by the longest-processing-time rule: the heaviest first, each to the shard that has
 * least. Its makespan is at most 4/3 of the best possible, and close to it with many units (R. L. Graham, "Bounds on
 * Multiprocessing Timing Anomalies", 1969). Deterministic: equal weights go by name, equal loads to the first shard.
 */
export function spread(units: readonly Unit[], count: number): ShardPlan[] {
  const shards = Array.from({ length: count }, () => ({ units: [] as string[], expectedMs: 0 }));
  const heaviestFirst = units.toSorted((a, b) => b.weightMs - a.weightMs || (a.name < b.name ? -1 : 1));
  for (const unit of heaviestFirst) {
    let least = shards[0];
    for (const shard of shards) if (least === undefined || shard.expectedMs < least.expectedMs) least = shard;
    least?.units.push(unit.name);
    if (least) least.expectedMs += unit.weightMs;
  }
  return shards.map(({ units, expectedMs }) => ({ units: units.toSorted(), expectedMs }));
}

/** What any plan takes at least: the mean, or the heaviest unit. Milliseconds. */
export function leastMakespan(units: readonly Unit[], count: number): number {
  const total = units.reduce((sum, { weightMs }) => sum + weightMs, 0);
  return Math.max(total / count, ...units.map(({ weightMs }) => weightMs), 0);
}

/** The fewest shards of which none takes longer than the target, or as many as may help. */
export function shardCount(units: readonly Unit[], targetMs: number, most: number): number {
  const total = units.reduce((sum, { weightMs }) => sum + weightMs, 0);
  const limit = Math.max(1, Math.min(most, units.length));
  for (let count = Math.max(1, Math.ceil(total / targetMs)); count < limit; count++) {
    const longest = Math.max(...spread(units, count).map(({ expectedMs }) => expectedMs));
    // One unit alone may take longer than the target; no number of shards would cure that.
    if (longest <= Math.max(targetMs, leastMakespan(units, units.length))) return count;
  }
  return limit;
}

/** Without any timing: a guess that only decides how many shards there are, never what runs. */
const UNKNOWN_MS = 2_000;

/**
 * Weighs units by earlier timings. One without takes as long as the others do by their size; where sizes are not
 * known, as the median of them. Without any timing at all, size is what tells most.
 * @param sizes bytes by name
 */
export function weigh(
  names: readonly string[],
  timings: ReadonlyMap<string, number>,
  sizes: ReadonlyMap<string, number> = new Map(),
): Unit[] {
  const known = names.flatMap((name) => timings.get(name) ?? []).toSorted((a, b) => a - b);
  const median = known[Math.floor(known.length / 2)] ?? UNKNOWN_MS;
  const rate = timePerByte(names, timings, sizes);
  const guess = (name: string) => {
    const size = sizes.get(name);
    return rate === undefined || size === undefined ? median : rate * size;
  };
  // Starting a file costs something even when its tests take nothing.
  return names.map((name) => ({ name, weightMs: Math.max(1, timings.get(name) ?? guess(name)) }));
}

/** Milliseconds per byte over all files of which both are known, or, without timings, as they may be; undefined where there are none. */
function timePerByte(
  names: readonly string[],
  timings: ReadonlyMap<string, number>,
  sizes: ReadonlyMap<string, number>,
): number | undefined {
  let milliseconds = 0;
  let bytes = 0;
  for (const name of names) {
    const took = timings.size === 0 ? UNKNOWN_MS : timings.get(name);
    const size = sizes.get(name);
    if (took === undefined || size === undefined) continue;
    milliseconds += took;
    bytes += size;
  }
  return bytes === 0 ? undefined : milliseconds / bytes;
}

/**
 * The units of one shard, from what the plan knew and what is found now. A unit that the plan did not know is
 * given to one shard by its name, so that none is left out and none runs twice, whichever shard asks.
 */
export function unitsOfShard(
  plan: readonly (readonly string[])[],
  index: number,
  found: readonly string[] | undefined,
): { readonly units: string[]; readonly strays: string[]; readonly gone: string[] } {
  const mine = plan[index - 1] ?? [];
  if (found === undefined) return { units: [...mine], strays: [], gone: [] };
  const planned = new Set(plan.flat());
  const present = new Set(found);
  const strays = found.filter((name) => !planned.has(name) && hash(name) % plan.length === index - 1);
  const gone = mine.filter((name) => !present.has(name));
  return { units: [...mine.filter((name) => present.has(name)), ...strays].toSorted(), strays, gone };
}

/** FNV-1a, 32 bits. Source: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
