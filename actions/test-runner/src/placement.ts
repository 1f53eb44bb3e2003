import {
  classFile,
  type FileIndex,
  type FileTally,
  fileOf,
  type Ground,
  type Location,
  locate,
  type Results,
  resolvePath,
  type TestCase,
} from '@fairway/reports';
import type { Project } from './project.js';

/**
 * Gives every test its file as the repository knows it, and every red one its place. Reports write paths in many
 * ways: absolute, relative to the folder, in the class's name, or not at all.
 */
export function place(results: Results, project: Project, index: FileIndex): Results {
  const ground = groundOf(project, index);
  const resolve = (path: string) => resolvePath(path, ground);
  const nameOf = unitNames(project, ground, resolve);
  const spotOf = spotFinder(resolve, nameOf, ground);
  return {
    ...results,
    files: byUnit(results.files, nameOf),
    failures: results.failures.map((test) => located(at(test, spotOf(test)), ground)),
    others: results.others.map((test) => at(test, spotOf(test))),
    slowest: results.slowest.map((test) => at(test, spotOf(test))),
  };
}

type Resolve = (path: string) => string | undefined;

/** Tallies under the plan's names; several of a report's names may be one file. */
function byUnit(files: Results['files'], nameOf: (file: string) => string): Results['files'] {
  const out = new Map<string, FileTally>();
  for (const [file, tally] of files) {
    const name = nameOf(file);
    const before = out.get(name) ?? { tests: 0, failed: 0, durationMs: 0 };
    out.set(name, {
      tests: before.tests + tally.tests,
      failed: before.failed + tally.failed,
      durationMs: before.durationMs + tally.durationMs,
    });
  }
  return out;
}

export function groundOf(project: Project, index: FileIndex): Ground {
  return { root: project.root.replaceAll('\\', '/'), folder: folderOf(project), index };
}

/** The project's folder, relative to the repository; empty when it is the repository. */
export function folderOf(project: Project): string {
  return project.folder === project.root
    ? ''
    : project.folder.slice(project.root.length + 1).replaceAll('\\', '/');
}

/** A report's file → the name under which a plan knows it: relative to the project's folder, or Go's package folder. */
function unitNames(project: Project, ground: Ground, resolve: Resolve): (file: string) => string {
  const module = /^module\s+"?([^\s"]+)/m.exec(project.read('go.mod'))?.[1];
  return (file) => {
    if (module !== undefined && (file === module || file.startsWith(`${module}/`))) {
      return file === module ? '.' : `.${file.slice(module.length)}`;
    }
    const path = resolve(file);
    if (path === undefined) return file;
    return ground.folder !== '' && path.startsWith(`${ground.folder}/`)
      ? path.slice(ground.folder.length + 1)
      : path;
  };
}

/** A test's file as the repository knows it, and the name that its time is booked under. */
interface Spot {
  readonly file: string | undefined;
  readonly unit: string;
}

/** Finds where a test is. Tests of a file come one after the other: what was found for one holds for the next. */
function spotFinder(
  resolve: Resolve,
  nameOf: (file: string) => string,
  ground: Ground,
): (test: TestCase) => Spot {
  let last: TestCase | undefined;
  let found: Spot = { file: undefined, unit: '' };
  return (test) => {
    if (test.suite !== last?.suite || test.file !== last.file || test.report !== last.report) {
      found = { file: findFile(test, resolve, ground), unit: nameOf(fileOf(test)) };
      last = test;
    }
    return found;
  };
}

/** Vitest and others put the file's path where the class goes; Java's tools know nothing but the class. */
function findFile({ suite, file, report }: TestCase, resolve: Resolve, ground: Ground): string | undefined {
  const said = file ?? (/\.\w{1,6}$/.test(suite) ? suite : undefined);
  const found = said === undefined ? undefined : resolve(said);
  return found ?? (file === undefined ? classFile(suite, ground, report) : undefined);
}

function at(test: TestCase, { file, unit }: Spot): TestCase {
  // Which report told of it is known only to find its file.
  const { report, ...told } = test;
  const placed = file === undefined ? told : { ...told, file };
  return unit === fileOf(placed) ? placed : { ...placed, unit };
}

function located(test: TestCase, ground: Ground): TestCase {
  const { failure } = test;
  if (failure === undefined || failure.location !== undefined) return test;
  const text = `${failure.details}\n${failure.message}`;
  const location =
    inPackage(test.suite, text, ground) ??
    locate(text, ground, test.file) ??
    (test.file === undefined ? undefined : { file: test.file, line: test.line ?? 1 });
  return location === undefined ? test : { ...test, failure: { ...failure, location } };
}

/** Go names a file without its folder, which the end of the package's path tells. */
function inPackage(suite: string, text: string, ground: Ground): Location | undefined {
  const parts = /^[\w.~/-]+$/.test(suite) ? suite.split('/') : [];
  for (let from = 1; from < parts.length; from++) {
    const folder = [ground.folder, ...parts.slice(from)].filter(Boolean).join('/');
    const match = /(?:^|\s)([\w-]+\.go):(\d{1,7})/.exec(text);
    const file = `${folder}/${match?.[1]}`;
    if (match && ground.index.has(file)) return { file, line: Number(match[2]) };
  }
  return undefined;
}
