import type { Location } from './model.js';

/** The files of the repository, with `/`, relative to its root. */
export interface FileIndex {
  has(path: string): boolean;
  /** Paths whose last parts are these. */
  endingWith(suffix: string): readonly string[];
}

/** Where a report's own paths start from. */
export interface Ground {
  /** Absolute, of the repository. */
  readonly root: string;
  /** Relative to the root, of the folder that the tests ran in; empty when it is the root. */
  readonly folder: string;
  readonly index: FileIndex;
}

export function indexOf(paths: Iterable<string>): FileIndex {
  const all = new Set(paths);
  const byName = new Map<string, string[]>();
  for (const path of all) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const same = byName.get(name);
    if (same) same.push(path);
    else byName.set(name, [path]);
  }
  return {
    has: (path) => all.has(path),
    endingWith: (suffix) =>
      (byName.get(suffix.slice(suffix.lastIndexOf('/') + 1)) ?? []).filter(
        (path) => path === suffix || path.endsWith(`/${suffix}`),
      ),
  };
}

/**
 * One frame of a stack as its language prints it: which groups hold file, line and column, and, where looking for it
 * takes long, what a text with such a frame holds for sure.
 */
const FRAMES: readonly { readonly pattern: RegExp; readonly sign?: string; readonly java?: boolean }[] = [
  // Python's traceback, then pytest's short form
  { sign: 'File "', pattern: /File "([^"\n]{1,400})", line (\d{1,7})()/g },
  { sign: '.py:', pattern: /^([^\s:()"]{1,400}\.py):(\d{1,7})():/gm },
  // Java, Kotlin, Scala: `at com.example.Thing.method(Thing.java:12)`
  {
    pattern: /\bat (?:[\w.@-]*\/){0,2}([\w$.]{1,300}\([\w$]{1,200}\.(?:java|kt|scala|groovy)):(\d{1,7})()\)/g,
    java: true,
  },
  // .NET: `in /src/Thing.cs:line 12`
  { sign: ':line ', pattern: / in ([^\n]{1,400}?\.\w{1,8}):line (\d{1,7})()/g },
  // Dart: `test/thing_test.dart 12:5`
  { sign: '.dart ', pattern: /^\s*([^\s:]{1,400}\.dart) (\d{1,7}):(\d{1,7})/gm },
  // V8, Vitest's ❯, Rust's panics, Go, RSpec's `# ./spec/x.rb:12`, PHPUnit, and most others
  {
    pattern:
      /(?:^|[\s(@❯#'"])((?:file:\/\/)?(?:[A-Za-z]:)?[\w@+%~./\\[\]-]{1,400}\.[A-Za-z]\w{0,5}):(\d{1,7})(?::(\d{1,7}))?/gm,
  },
];

const FOREIGN =
  /(^|\/)(node_modules|site-packages|dist-packages|vendor\/bundle|\.cargo|\.venv|\.gradle|internal\/process)\//;

/**
 * The first place in a failure's text that is a file of the repository, the test's own file before others: an
 * assertion helper's line tells less than the line of the test that called it.
 * @param preferred the test's file, when the report names it
 */
export function locate(text: string, ground: Ground, preferred?: string): Location | undefined {
  const bounded = text.slice(0, 32_000);
  let first: Location | undefined;
  for (const { pattern, sign, java } of FRAMES) {
    if (sign !== undefined && !bounded.includes(sign)) continue;
    for (const match of bounded.matchAll(pattern)) {
      const [, where = '', line = '', column = ''] = match;
      const file = java ? javaFile(where, ground, preferred) : resolvePath(where, ground);
      if (file === undefined || FOREIGN.test(file)) continue;
      const found = { file, line: Number(line), ...(column !== '' && { column: Number(column) }) };
      if (found.line < 1) continue;
      // Playwright heads what it says with where the test begins.
      const isHeading = bounded.startsWith(' › ', match.index + match[0].length);
      if (!isHeading && (preferred === undefined || file === preferred)) return found;
      first ??= found;
    }
  }
  return first;
}

/** Thousands of failures name the same files in their stacks. Bounded, for their names are anyone's. */
const resolved = new WeakMap<Ground, Map<string, string | undefined>>();
const REMEMBERED = 20_000;

/** A path as a report writes it → the repository's own, or undefined when it is none of its files. */
export function resolvePath(path: string, ground: Ground): string | undefined {
  return remembered(ground, path, () => lookUp(path, ground));
}

function remembered(ground: Ground, name: string, find: () => string | undefined): string | undefined {
  let known = resolved.get(ground);
  if (known === undefined) {
    known = new Map();
    resolved.set(ground, known);
  }
  if (known.has(name)) return known.get(name);
  const found = find();
  if (known.size < REMEMBERED) known.set(name, found);
  return found;
}

function lookUp(path: string, ground: Ground): string | undefined {
  const plain = path.replace(/^file:\/\//, '').replaceAll('\\', '/');
  const root = ground.root.replaceAll('\\', '/');
  const relative = plain.startsWith(`${root}/`) ? plain.slice(root.length + 1) : plain;
  const clean = normal(relative);
  if (clean === undefined) return undefined;
  if (relative !== plain) return ground.index.has(clean) ? clean : undefined;
  const inFolder = ground.folder === '' ? clean : normal(`${ground.folder}/${relative}`);
  if (inFolder !== undefined && ground.index.has(inFolder)) return inFolder;
  if (ground.index.has(clean)) return clean;
  // Another machine's absolute path, or one relative to a module: its end may still be unmistakable.
  const parts = clean.split('/').filter(Boolean);
  for (let from = 0; from < Math.min(parts.length, 12); from++) {
    const found = ground.index.endingWith(parts.slice(from).join('/'));
    const inside = found.filter((candidate) => candidate.startsWith(`${ground.folder}/`));
    const only = found.length === 1 ? found[0] : inside.length === 1 ? inside[0] : undefined;
    if (only !== undefined) return only;
    if (found.length > 1) return undefined;
  }
  return undefined;
}

/**
 * The source of a class that a report names: `com.example.ThingTest$Inner` → `…/com/example/ThingTest.java`. Where
 * several modules have such a class, it is the one of the report's own module; where none is, nothing.
 * @param report where the report lay, relative to the tests' folder: `web/target/surefire-reports/TEST-….xml`
 */
export function classFile(name: string, ground: Ground, report = ''): string | undefined {
  const module = /^(?:.*?\/)??(?=(?:target|build)\/)/.exec(report)?.[0];
  return remembered(ground, `${module}\u0000${name}`, () => findClass(name, ground, module));
}

function findClass(name: string, ground: Ground, module: string | undefined): string | undefined {
  const match = /^((?:[a-z_]\w*\.)*)([A-Z]\w*)(?=[.$]|$)/.exec(name);
  if (match === null) return undefined;
  const [, folders = '', type = ''] = match;
  const named = SOURCES.flatMap((ending) => ground.index.endingWith(`${type}.${ending}`));
  if (named.length === 0) return undefined;
  const below = folders.split('.').slice(0, -1);
  // Kotlin's folders may leave out the first parts of a package.
  for (let from = 0; from <= below.length; from++) {
    const stem = [...below.slice(from), type].join('/');
    const found = named.filter((path) => {
      const bare = path.slice(0, path.lastIndexOf('.'));
      return bare === stem || bare.endsWith(`/${stem}`);
    });
    const own =
      module === undefined ? [] : found.filter((path) => path.startsWith(join(ground.folder, module)));
    if (own.length === 1) return own[0];
    if (found.length > 0) return found.length === 1 ? found[0] : undefined;
  }
  return undefined;
}

const SOURCES = ['java', 'kt', 'groovy', 'scala'];

function join(folder: string, below: string): string {
  return folder === '' ? below : `${folder}/${below}`;
}

/**
 * `com.example.Thing.method(Thing.java` → `…/com/example/Thing.java`; a module's name is not needed.
 * @param beside a file of the module whose class it is, where several have it
 */
function javaFile(frame: string, ground: Ground, beside = ''): string | undefined {
  const [qualified = '', file = ''] = frame.split('(');
  const parts = qualified.split('.');
  const classAt = parts.findIndex((part) => /^[A-Z]/.test(part));
  const folders = parts.slice(0, classAt < 0 ? Math.max(0, parts.length - 2) : classAt);
  const found = ground.index.endingWith([...folders, file].join('/'));
  if (found.length === 1) return found[0];
  const module = beside.includes('/src/') ? beside.slice(0, beside.indexOf('/src/') + 1) : undefined;
  const own = module === undefined ? undefined : found.find((path) => path.startsWith(module));
  return own ?? found.find((path) => path.startsWith(`${ground.folder}/`));
}

/** Without `.` and `..`; undefined when it leads out. */
function normal(path: string): string | undefined {
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') {
      if (out.pop() === undefined) return undefined;
    } else if (part !== '.' && part !== '') out.push(part);
  }
  return out.join('/');
}
