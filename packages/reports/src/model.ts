/** How a test ended. `errored` is what broke outside of an assertion: a set-up, an import, a crash. */
export type Status = 'passed' | 'failed' | 'errored' | 'skipped';

/** A place in the repository, with `/`, lines from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** Why a test is red. All of it is text from outside. */
export interface Failure {
  readonly type?: string;
  /** One line or a few. */
  readonly message: string;
  /** The stack, the diff, what the framework prints; bounded by {@link DETAIL_CHARACTERS}. */
  readonly details: string;
  readonly location?: Location;
}

/** One test as its report tells of it. */
export interface TestCase {
  /** The class, package, file or chain of describe titles that the report files it under. */
  readonly suite: string;
  readonly name: string;
  /** As the report writes it: often relative to a folder that the report does not name. */
  readonly file?: string;
  readonly line?: number;
  /** Where its time is booked, if not under `file`: as a plan names it, by the project's folder or Go's package. */
  readonly unit?: string;
  /** The report that tells of it, where that names no file: of several modules it tells which. */
  readonly report?: string;
  readonly status: Status;
  readonly durationMs: number;
  readonly failure?: Failure;
  /** It failed first and then passed, in the same run. */
  readonly flaky?: boolean;
  /** How often it ran, when more than once. */
  readonly attempts?: number;
  /** Why it was skipped. */
  readonly reason?: string;
}

export interface Totals {
  readonly tests: number;
  readonly passed: number;
  readonly failed: number;
  readonly errored: number;
  readonly skipped: number;
  /** Counted among the passed. */
  readonly flaky: number;
  /** Summed over the tests: with parallel workers it is more than the wall clock says. */
  readonly durationMs: number;
}

/** What one file (or class, where a report names no file) took. */
export interface FileTally {
  readonly tests: number;
  readonly failed: number;
  readonly durationMs: number;
}

/** A result file that could not be read to its end, or in part. */
export interface Problem {
  readonly file: string;
  readonly message: string;
}

/** The results of a run. Counts are exact; lists are bounded, and say how much they leave out. */
export interface Results {
  readonly totals: Totals;
  readonly files: ReadonlyMap<string, FileTally>;
  /** Every red or flaky test, up to {@link KEPT_FAILURES}. */
  readonly failures: readonly TestCase[];
  /** The other tests, up to {@link KEPT_TESTS}. */
  readonly others: readonly TestCase[];
  readonly omitted: { readonly failures: number; readonly others: number };
  readonly slowest: readonly TestCase[];
  readonly problems: readonly Problem[];
}

/** Characters kept of one failure's details: its head and its end. */
export const DETAIL_CHARACTERS = 16_000;
export const KEPT_FAILURES = 2_000;
export const KEPT_TESTS = 10_000;
export const KEPT_SLOWEST = 25;
/** Files with a tally of their own; what comes after counts in the totals only. */
export const KEPT_FILES = 50_000;

/** What tells one test from another across runs. */
export function keyOf(test: { readonly suite: string; readonly name: string }): string {
  return `${test.suite}\u0000${test.name}`;
}

export function isRed(status: Status): boolean {
  return status === 'failed' || status === 'errored';
}

/** A test's file, or its suite where it has none. */
export function fileOf(test: TestCase): string {
  return test.file ?? test.suite;
}

/** Where a test's time is booked: its key among {@link Results.files}. */
export function unitOf(test: TestCase): string {
  return test.unit ?? fileOf(test);
}

/** It stands for a file, suite or package that broke before its tests could run. */
export function isWhole(test: TestCase): boolean {
  return (
    /^\(the (suite|file|package) itself\)$/.test(test.name) ||
    test.name === test.suite ||
    test.name === test.file
  );
}
