import { shorten } from './collect.js';
import { type Coverage, linesOfRanges, ranges } from './coverage/model.js';
import {
  DETAIL_CHARACTERS,
  type Failure,
  type FileTally,
  KEPT_FAILURES,
  KEPT_FILES,
  KEPT_SLOWEST,
  KEPT_TESTS,
  type Location,
  type Problem,
  type Results,
  type Status,
  type TestCase,
  type Totals,
} from './model.js';
import { count, lineOf, list, string, type Tree, tree } from './readers/value.js';

/** One start of the test command. */
export interface Attempt {
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly durationMs: number;
  /** The exit code is 0, or this attempt's own red tests account for it. */
  readonly explained: boolean;
}

/** What one job knows of the run: a shard's part, or all of it. */
export interface RunRecord {
  /** `2/3`, or empty for the whole. */
  readonly shard: string;
  readonly framework: string;
  readonly ecosystem: string;
  /** What one can paste to run it again: the red tests where there are any, else everything. */
  readonly command: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly wallMs: number;
  readonly attempts: readonly Attempt[];
  readonly results: Results;
  readonly coverage: Coverage;
}

const FORMAT = 'fairway-test-record/1';

/** A record as the JSON document that jobs hand each other as an artifact. */
export function writeRecord(record: RunRecord): string {
  const { results, coverage } = record;
  return JSON.stringify({
    format: FORMAT,
    ...record,
    results: { ...results, files: Object.fromEntries(results.files) },
    coverage: Object.fromEntries(
      [...coverage].map(([file, { hit, missed }]) => [file, { hit: ranges(hit), missed: ranges(missed) }]),
    ),
  });
}

/**
 * A record from a document that anyone may have written: the tests of a pull request run in the job that uploads it.
 * Whatever is not as it should be counts as absent, and bounds hold as if the tests had been read here.
 * @returns undefined when it is no record at all
 */
export function parseRecord(document: unknown): RunRecord | undefined {
  const root = tree(document);
  if (root.format !== FORMAT) return undefined;
  return {
    shard: /^\d{1,3}\/\d{1,3}$/.test(string(root.shard)) ? string(root.shard) : '',
    framework: string(root.framework).slice(0, 40),
    ecosystem: string(root.ecosystem).slice(0, 40),
    command: string(root.command).slice(0, 2_000),
    startedAt: count(root.startedAt),
    wallMs: count(root.wallMs),
    attempts: list(root.attempts).slice(0, 20).map(attemptOf),
    results: resultsOf(tree(root.results)),
    coverage: coverageOf(tree(root.coverage)),
  };
}

function attemptOf(value: unknown): Attempt {
  const attempt = tree(value);
  return {
    exitCode: typeof attempt.exitCode === 'number' ? attempt.exitCode : null,
    timedOut: attempt.timedOut === true,
    durationMs: count(attempt.durationMs),
    explained: attempt.explained === true,
  };
}

function resultsOf(results: Tree): Results {
  const omitted = tree(results.omitted);
  return {
    totals: totalsOf(tree(results.totals)),
    files: new Map(
      Object.entries(tree(results.files))
        .slice(0, KEPT_FILES)
        .map(([file, tally]): [string, FileTally] => [file, tallyOf(tree(tally))]),
    ),
    failures: list(results.failures).slice(0, KEPT_FAILURES).map(testOf),
    others: list(results.others).slice(0, KEPT_TESTS).map(testOf),
    omitted: { failures: count(omitted.failures), others: count(omitted.others) },
    slowest: list(results.slowest).slice(0, KEPT_SLOWEST).map(testOf),
    problems: list(results.problems).slice(0, 100).map(problemOf),
  };
}

function totalsOf(totals: Tree): Totals {
  return {
    tests: count(totals.tests),
    passed: count(totals.passed),
    failed: count(totals.failed),
    errored: count(totals.errored),
    skipped: count(totals.skipped),
    flaky: count(totals.flaky),
    durationMs: count(totals.durationMs),
  };
}

function tallyOf(tally: Tree): FileTally {
  return { tests: count(tally.tests), failed: count(tally.failed), durationMs: count(tally.durationMs) };
}

function problemOf(value: unknown): Problem {
  const problem = tree(value);
  return { file: string(problem.file).slice(0, 500), message: string(problem.message).slice(0, 1_000) };
}

const STATUSES: readonly Status[] = ['passed', 'failed', 'errored', 'skipped'];

function testOf(value: unknown): TestCase {
  const test = tree(value);
  const file = string(test.file).slice(0, 1_000);
  const unit = string(test.unit).slice(0, 1_000);
  const reason = string(test.reason).slice(0, 2_000);
  const attempts = count(test.attempts);
  return {
    suite: string(test.suite).slice(0, 2_000),
    name: string(test.name).slice(0, 2_000),
    // What nobody knows how to read must not count as green.
    status: STATUSES.find((status) => status === test.status) ?? 'errored',
    durationMs: count(test.durationMs),
    ...(file !== '' && { file }),
    ...(unit !== '' && { unit }),
    ...lineOf(test.line),
    ...(test.failure !== undefined && { failure: failureOf(tree(test.failure)) }),
    ...(test.flaky === true && { flaky: true }),
    ...(attempts > 1 && { attempts }),
    ...(reason !== '' && { reason }),
  };
}

function failureOf(failure: Tree): Failure {
  const type = string(failure.type).slice(0, 500);
  const location = locationOf(tree(failure.location));
  return {
    message: shorten(string(failure.message), DETAIL_CHARACTERS / 4),
    details: shorten(string(failure.details), DETAIL_CHARACTERS),
    ...(type !== '' && { type }),
    ...(location && { location }),
  };
}

/** Only a path inside the repository is a place. */
function locationOf(location: Tree): Location | undefined {
  const file = string(location.file);
  const { line } = lineOf(location.line);
  if (
    line === undefined ||
    file === '' ||
    file.length > 1_000 ||
    /^[/\\]|^[A-Za-z]:|(^|\/)\.\.(\/|$)/.test(file)
  )
    return undefined;
  return { file, line };
}

function coverageOf(coverage: Tree): Coverage {
  return new Map(
    Object.entries(coverage)
      .slice(0, KEPT_FILES)
      .map(([file, lines]) => {
        const { hit, missed } = tree(lines);
        return [file, { hit: linesOfRanges(string(hit)), missed: linesOfRanges(string(missed)) }];
      }),
  );
}
