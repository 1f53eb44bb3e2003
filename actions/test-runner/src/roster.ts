import { fileOf, isRed, isWhole, type Results, type RosterEntry } from '@fairway/reports';

/** Which tests a run had: their names, as `suite › name`, by file. */
export type Roster = ReadonlyMap<string, readonly string[]>;

/** Between two runs. A test with another name is a new one, and the old one is missing: nothing else tells them apart. */
export interface RosterChange {
  readonly added: readonly RosterEntry[];
  readonly missing: readonly RosterEntry[];
}

/** With names this long in all, a cache entry is a few megabytes. */
const CHARACTERS = 2_000_000;

/** The roster of a run; undefined where not every test was kept by name, for then a missing name means nothing. */
export function rosterOf({ failures, others, omitted }: Results): Roster | undefined {
  if (omitted.failures + omitted.others > 0) return undefined;
  const roster = new Map<string, string[]>();
  let characters = 0;
  for (const test of [...failures, ...others]) {
    // It stands for a file, not for a test.
    if (isWhole(test) && (isRed(test.status) || test.flaky)) continue;
    const name = test.suite === fileOf(test) ? test.name : `${test.suite} › ${test.name}`;
    characters += name.length;
    const names = roster.get(fileOf(test));
    if (names) names.push(name);
    else roster.set(fileOf(test), [name]);
  }
  return characters > CHARACTERS ? undefined : roster;
}

/**
 * What a run has that the one before had not, and the other way round; undefined where one of both is not known. Tests
 * of a file that broke before it could run are not missing: the file itself is red. Names that a framework gives twice
 * are counted.
 */
export function rosterChange(before: Roster | undefined, results: Results): RosterChange | undefined {
  const now = rosterOf(results);
  if (before === undefined || now === undefined) return undefined;
  const broken = new Set(results.failures.filter((test) => isRed(test.status) && isWhole(test)).map(fileOf));
  return {
    added: difference(now, before),
    missing: difference(before, now).filter(({ file }) => !broken.has(file)),
  };
}

function difference(one: Roster, other: Roster): RosterEntry[] {
  return [...one].flatMap(([file, names]) => {
    const left = counted(other.get(file) ?? []);
    return names.flatMap((name) => {
      const there = left.get(name) ?? 0;
      if (there > 0) left.set(name, there - 1);
      return there > 0 ? [] : [{ file, name }];
    });
  });
}

function counted(names: readonly string[]): Map<string, number> {
  const out = new Map<string, number>();
  for (const name of names) out.set(name, (out.get(name) ?? 0) + 1);
  return out;
}

/** A roster from a cache entry: names only, bounded. */
export function parseRoster(value: Readonly<Record<string, unknown>>): Roster {
  let characters = 0;
  const bounded = (name: unknown): name is string => {
    if (typeof name !== 'string') return false;
    characters += name.length;
    return characters <= CHARACTERS;
  };
  return new Map(
    Object.entries(value).flatMap(([file, names]) =>
      Array.isArray(names) ? [[file, names.filter(bounded)] as const] : [],
    ),
  );
}
