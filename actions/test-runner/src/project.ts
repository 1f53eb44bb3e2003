import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** What a folder says about itself, read once. */
export interface Project {
  /** Absolute. */
  readonly folder: string;
  /** Absolute, of the repository. */
  readonly root: string;
  /** Files under the folder, relative to it, with `/`, without what installs put there. */
  readonly files: readonly string[];
  /** Dependencies of package.json, of every kind. */
  readonly packages: ReadonlySet<string>;
  /** package.json's script `test`. */
  readonly testScript: string;
  /** package.json as it is; an empty object when there is none. */
  readonly manifest: Readonly<Record<string, unknown>>;
  has(path: string): boolean;
  /** A file's text, or an empty string. */
  read(path: string): string;
}

export function openProject(folder: string, root: string, files: readonly string[]): Project {
  const read = (path: string) => {
    try {
      return readFileSync(join(folder, path), 'utf8');
    } catch {
      return '';
    }
  };
  const manifest = parse(read('package.json'));
  const scripts = record(manifest.scripts);
  const packages = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'].flatMap(
    (kind) => Object.keys(record(manifest[kind])),
  );
  return {
    folder,
    root,
    files,
    packages: new Set(packages),
    testScript: typeof scripts.test === 'string' ? scripts.test : '',
    manifest,
    has: (path) => existsSync(join(folder, path)),
    read,
  };
}

/** The nearest folder of the project or above it, within the repository, that holds `path`; as an absolute path. */
export function upward(project: Project, path: string): string | undefined {
  for (let folder = project.folder; ; folder = dirname(folder)) {
    if (existsSync(join(folder, path))) return join(folder, path);
    if (
      folder === project.root ||
      relative(project.root, folder).startsWith('..') ||
      folder === dirname(folder)
    ) {
      return undefined;
    }
  }
}

/** The first of the project's settings files that exists, and its text. */
export function settings(project: Project, names: readonly string[]): string {
  const found = names.find((name) => project.has(name));
  return found === undefined ? '' : project.read(found);
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return record(JSON.parse(text));
  } catch {
    return {};
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
