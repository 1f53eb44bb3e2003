import type { Format, TestCase } from '@fairway/reports';
import type { Project } from '../project.js';
import type { FrameworkName } from './names.js';

/** What is to be run: everything when neither is given. Paths are relative to the project's folder, with `/`. */
export interface Selection {
  readonly files?: readonly string[];
  /** Only these tests, as an earlier attempt reported them. */
  readonly tests?: readonly TestCase[];
  /** A further attempt: coverage is that of the first. */
  readonly again?: boolean;
}

export interface Coverage {
  /** The project asks for it in its own settings, or a minimum is set. */
  readonly wanted: boolean;
  /** A part of the suite covers a part of the code: limits of the framework itself must not fail it. */
  readonly partial: boolean;
}

/** A program to run, and where its results will be. */
export interface Invocation {
  readonly tool: string;
  readonly args: readonly string[];
  /** What a person would type for the same, from the project's folder. */
  readonly plain?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Files written before the run, by path. */
  readonly files?: ReadonlyMap<string, string>;
  /** Globs, absolute or relative to the project's folder. */
  readonly reports: readonly string[];
  readonly coverage: readonly string[];
  /**
   * Where a line of the output says that the report went instead: a project's own settings may name another file and
   * win over the argument.
   */
  readonly told?: (line: string) => string | undefined;
  /** Standard output is a report: kept in this file, and shown by {@link Invocation.show}. */
  readonly capture?: {
    readonly path: string;
    readonly format: Format;
    readonly show?: (line: string) => string;
  };
}

export interface Framework {
  readonly name: FrameworkName;
  readonly ecosystem: 'node' | 'python' | 'go' | 'rust' | 'java' | 'dotnet' | 'php' | 'ruby' | 'other';
  /** The project is tested with this. */
  detect(project: Project): boolean;
  /** It is one of the project's test files. Frameworks that cannot run a chosen file have none. */
  isTestFile?(path: string, project: Project): boolean;
  /** Test files (or packages) as the framework itself finds them. Undefined where it cannot say. */
  list?(project: Project): Promise<readonly string[] | undefined>;
  /** @param out an empty folder for result files */
  invoke(project: Project, selection: Selection, out: string, coverage: Coverage): Invocation;
  /** What an exit code other than 0 may mean when tests are red; any other is a failure of its own. */
  readonly redExitCodes?: readonly number[];
  /** Exit codes by which it says that there was no test. */
  readonly emptyExitCodes?: readonly number[];
}

/** The distinct files of tests, as the reports name them. */
export function filesOf(tests: readonly TestCase[]): string[] {
  return [...new Set(tests.flatMap(({ file }) => (file === undefined ? [] : [file])))];
}

/** A pattern that matches exactly these texts, for the tools that select tests by regular expression. */
export function anyOf(texts: readonly string[]): string {
  return `^(${texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|')})$`;
}
