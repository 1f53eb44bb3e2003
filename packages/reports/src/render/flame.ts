import { isRed, type Results, type TestCase, unitOf } from '../model.js';

/** A folder, file or test, and what the tests in it took. */
export interface Flame {
  readonly name: string;
  readonly ms: number;
  /** A test in it is red. */
  readonly red: boolean;
  readonly folder?: boolean;
  /** The longest first. */
  readonly children: readonly Flame[];
}

/** What is thinner than this part of the whole is drawn together with its like. */
const THINNEST = 1 / 400;

/** Where the time went: folders over files over tests, as wide as they took. */
export function flameOf({ files, failures, others }: Results): Flame {
  const whole = [...files.values()].reduce((sum, { durationMs }) => sum + durationMs, 0);
  const thinnest = whole * THINNEST;
  // Of what is drawn together the tests are not shown.
  const isThick = (test: TestCase) => (files.get(unitOf(test))?.durationMs ?? 0) >= thinnest;
  const tests = Map.groupBy([...failures, ...others].filter(isThick), unitOf);
  const leaves = [...files].map(([path, { durationMs, failed }]) => ({
    path: segments(path),
    flame: {
      name: path,
      ms: durationMs,
      red: failed > 0,
      children: (tests.get(path) ?? []).map(testFlame),
    },
  }));
  const tree = folder('all tests', leaves, 0);
  return thinned({ ...tree, children: tree.children.map(joined) }, thinnest);
}

/** Deeper than this nobody reads, and a hostile path must not decide how deep we go. */
const DEEPEST = 12;

/** At least one, for the file itself. */
function segments(path: string): string[] {
  const all = path.split('/').filter(Boolean);
  const folders = all.slice(0, -1).slice(0, DEEPEST);
  return [...folders, all.slice(folders.length).join('/')];
}

interface Leaf {
  readonly path: readonly string[];
  readonly flame: Flame;
}

function testFlame(test: TestCase): Flame {
  return { name: test.name, ms: test.durationMs, red: isRed(test.status), children: [] };
}

function folder(name: string, leaves: readonly Leaf[], depth: number): Flame {
  const files = leaves.filter(({ path }) => path.length === depth + 1);
  const deeper = leaves.filter(({ path }) => path.length > depth + 1);
  const folders = Map.groupBy(deeper, ({ path }) => path[depth] ?? '');
  return sum(name, [
    ...files.map(({ path, flame }) => ({ ...flame, name: path[depth] ?? '' })),
    ...[...folders].map(([segment, inside]) => folder(segment, inside, depth + 1)),
  ]);
}

function sum(name: string, children: readonly Flame[]): Flame {
  return {
    name,
    ms: children.reduce((total, { ms }) => total + ms, 0),
    red: children.some(({ red }) => red),
    folder: true,
    children,
  };
}

/** A folder that holds one thing and nothing else is drawn as one with it. */
function joined(flame: Flame): Flame {
  if (!flame.folder) return flame;
  const children = flame.children.map(joined);
  const [only] = children;
  return children.length === 1 && only !== undefined
    ? { ...only, name: `${flame.name}/${only.name}` }
    : { ...flame, children };
}

function thinned(flame: Flame, thinnest: number): Flame {
  const sorted = flame.children.toSorted((a, b) => b.ms - a.ms);
  const thick = sorted.filter(({ ms }) => ms > 0 && ms >= thinnest);
  const thin = sorted.slice(thick.length).filter(({ ms }) => ms > 0);
  const rest = thin.length === 0 ? [] : [{ ...sum(`${thin.length} more`, thin), children: [] }];
  return { ...flame, children: [...thick.map((child) => thinned(child, thinnest)), ...rest] };
}
