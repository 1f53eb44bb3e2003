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

/** One frame of a stack as its language prints it: which groups hold file, line and column. */
const FRAMES: readonly { readonly pattern: RegExp; readonly java?: boolean }[] = [
  // Python's traceback, then pytest's short form
  { pattern: /File "([^"\n]{1,400})", line (\d{1,7})()/g },
  { pattern: /^([^\s:()"]{1,400}\.py):(\d{1,7})():/gm },
  // Java, Kotlin, Scala: `at com.example.Thing.method(Thing.java:12)`
  {
    pattern: /\bat (?:[\w.@-]*\/){0,2}([\w$.]{1,300}\([\w$]{1,200}\.(?:java|kt|scala|groovy)):(\d{1,7})()\)/g,
    java: true,
  },
  // .NET: `in /src/Thing.cs:line 12`
  { pattern: / in ([^\n]{1,400}?\.\w{1,8}):line (\d{1,7})()/g },
  // Dart: `test/thing_test.dart 12:5`
  { pattern: /^\s*([^\s:]{1,400}\.dart) (\d{1,7}):(\d{1,7})/gm },
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
  for (const { pattern, java } of FRAMES) {
    for (const match of bounded.matchAll(pattern)) {
      const [, where = '', line = '', column = ''] = match;
      const file = java ? javaFile(where, ground) : resolvePath(where, ground);
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
  let known = resolved.get(ground);
  if (known === undefined) {
    known = new Map();
    resolved.set(ground, known);
  }
  if (known.has(path)) return known.get(path);
  const found = lookUp(path, ground);
  if (known.size < REMEMBERED) known.set(path, found);
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

/** `com.example.Thing.method(Thing.java` → `…/com/example/Thing.java`; a module's name is not needed. */
function javaFile(frame: string, ground: Ground): string | undefined {
  const [qualified = '', file = ''] = frame.split('(');
  const parts = qualified.split('.');
  const classAt = parts.findIndex((part) => /^[A-Z]/.test(part));
  const folders = parts.slice(0, classAt < 0 ? Math.max(0, parts.length - 2) : classAt);
  const found = ground.index.endingWith([...folders, file].join('/'));
  return found.length === 1 ? found[0] : found.find((path) => path.startsWith(`${ground.folder}/`));
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
