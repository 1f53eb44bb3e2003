import {
  type FileTally,
  isRed,
  KEPT_FAILURES,
  KEPT_SLOWEST,
  KEPT_TESTS,
  keyOf,
  type Results,
  type TestCase,
  type Totals,
} from './model.js';

const NOTHING: Totals = { tests: 0, passed: 0, failed: 0, errored: 0, skipped: 0, flaky: 0, durationMs: 0 };

/** The results of parts of a suite (shards, modules) as those of the whole. */
export function mergeResults(parts: readonly Results[]): Results {
  const files = new Map<string, FileTally>();
  for (const [file, tally] of parts.flatMap((part) => [...part.files])) {
    const before = files.get(file);
    files.set(file, before ? addTally(before, tally) : tally);
  }
  const failures = parts.flatMap(({ failures }) => failures);
  const others = parts.flatMap(({ others }) => others);
  const sum = (pick: (part: Results) => number) => parts.reduce((total, part) => total + pick(part), 0);
  return {
    totals: parts.reduce((total, { totals }) => addTotals(total, totals), NOTHING),
    files,
    failures: failures.slice(0, KEPT_FAILURES),
    others: others.slice(0, KEPT_TESTS),
    omitted: {
      failures: sum(({ omitted }) => omitted.failures) + Math.max(0, failures.length - KEPT_FAILURES),
      others: sum(({ omitted }) => omitted.others) + Math.max(0, others.length - KEPT_TESTS),
    },
    slowest: parts
      .flatMap(({ slowest }) => slowest)
      .toSorted((a, b) => b.durationMs - a.durationMs)
      .slice(0, KEPT_SLOWEST),
    problems: parts.flatMap(({ problems }) => problems),
  };
}

function addTally(a: FileTally, b: FileTally): FileTally {
  return {
    tests: a.tests + b.tests,
    failed: a.failed + b.failed,
    durationMs: a.durationMs + b.durationMs,
  };
}

function addTotals(a: Totals, b: Totals): Totals {
  return {
    tests: a.tests + b.tests,
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    errored: a.errored + b.errored,
    skipped: a.skipped + b.skipped,
    flaky: a.flaky + b.flaky,
    durationMs: a.durationMs + b.durationMs,
  };
}

/**
 * What an earlier run and a further attempt at its red tests say together. A red test that now passed, and under
 * whose name nothing was red, is flaky; one that was not run again stays red. Counts stay those of the first run.
 * @param attempt the number of the further run: 2 for the first retry
 */
export function mergeAttempt(first: Results, again: Results, attempt: number): Results {
  const outcomes = new Map<string, { passed: number; red: number }>();
  for (const test of [...again.failures, ...again.others]) {
    const outcome = outcomes.get(keyOf(test)) ?? { passed: 0, red: 0 };
    if (test.status === 'passed') outcome.passed++;
    else if (isRed(test.status)) outcome.red++;
    outcomes.set(keyOf(test), outcome);
  }
  const totals = { ...first.totals };
  const failures = first.failures.map((test): TestCase => {
    const outcome = outcomes.get(keyOf(test));
    if (!isRed(test.status) || outcome === undefined) return test;
    if (outcome.red > 0 || outcome.passed === 0) return { ...test, attempts: attempt };
    totals[test.status]--;
    totals.passed++;
    totals.flaky++;
    return { ...test, status: 'passed', flaky: true, attempts: attempt };
  });
  return {
    ...first,
    totals,
    failures,
    files: recount(first.files, failures),
    problems: [...first.problems, ...again.problems],
  };
}

/** Files whose red tests have all become green are no longer red files. */
function recount(
  files: ReadonlyMap<string, FileTally>,
  failures: readonly TestCase[],
): Map<string, FileTally> {
  const recovered = new Map<string, number>();
  for (const test of failures) {
    const file = test.file ?? test.suite;
    if (test.flaky && test.attempts) recovered.set(file, (recovered.get(file) ?? 0) + 1);
  }
  return new Map(
    [...files].map(([file, tally]) => [
      file,
      { ...tally, failed: Math.max(0, tally.failed - (recovered.get(file) ?? 0)) },
    ]),
  );
}
