import { type Project, upward } from '../project.js';
import { anyOf, filesOf, type Selection } from './framework.js';

/** A program that npm installed, for this project or for the workspace around it; by name, for PATH, when it is in neither. */
export function installed(project: Project, program: string): string {
  return upward(project, `node_modules/.bin/${program}`) ?? program;
}

export function selected(selection: Selection): readonly string[] {
  return selection.tests ? filesOf(selection.tests) : (selection.files ?? []);
}

/** Test titles as these tools match them: the describe titles and the test's own, joined by spaces. */
export function titles(selection: Selection, split: (text: string) => string): string | undefined {
  if (!selection.tests || selection.tests.length > 100) return undefined;
  return anyOf([...new Set(selection.tests.map((test) => split(test.name)))]);
}

/** Named first by package.json's own test script, or installed and no other is named. */
export function isUsed(project: Project, name: string, program: string): boolean {
  const named = /\b(vitest|jest|mocha|playwright)\b/.exec(project.testScript)?.[1];
  return named === undefined ? project.packages.has(name) : named === program;
}

/** A list of absolute paths that a framework printed as JSON, relative to the project; undefined when it is none. */
export function relativeFiles(
  json: string,
  folder: string,
  pick: (entry: { file?: unknown } & string) => unknown,
): string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(json);
    if (!Array.isArray(parsed)) return undefined;
    const base = `${folder.replaceAll('\\', '/')}/`;
    return parsed
      .map(pick)
      .filter((path): path is string => typeof path === 'string')
      .map((path) => path.replaceAll('\\', '/'))
      .map((path) => (path.startsWith(base) ? path.slice(base.length) : path))
      .toSorted();
  } catch {
    return undefined;
  }
}
