import {
  type FileTally,
  fileOf,
  isRed,
  isWhole,
  KEPT_FAILURES,
  KEPT_SLOWEST,
  KEPT_TESTS,
  keyOf,
  type Results,
  type TestCase,
  type Totals,
  unitOf,
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
 * whose name nothing was red, is flaky; one that was not run again stays red. Counts stay those of the first run,
 * but for a file (or suite) that broke as a whole and now loads: its tests are counted in its place.
 * @param attempt the number of the further run: 2 for the first retry
 */
export function mergeAttempt(first: Results, again: Results, attempt: number): Results {
  const now = [...again.failures, ...again.others].filter(({ status }) => status !== 'skipped');
  const byKey = Map.groupBy(now, keyOf);
  const byFile = Map.groupBy(now, fileOf);
  const totals = { ...first.totals };
  const told = new Set([...first.failures, ...first.others].map(keyOf));
  const loaded = new Set<TestCase>();
  const failures = first.failures.map((test): TestCase => {
    if (!isRed(test.status)) return test;
    const whole = isWhole(test);
    // A hook around the whole suite stands for everything.
    const isSuite = whole && fileOf(test) === '';
    const runs = (isSuite ? now : whole ? byFile.get(fileOf(test)) : byKey.get(keyOf(test))) ?? [];
    if (runs.length === 0) return test;
    if (runs.some(({ status }) => isRed(status))) return { ...test, attempts: attempt };
    totals[test.status]--;
    totals.passed++;
    totals.flaky++;
    // One that broke after its tests brings none that is new; of those left out nobody knows.
    const isNew = (run: TestCase) => !isSuite || (first.omitted.others === 0 && !told.has(keyOf(run)));
    if (whole) for (const run of runs.filter(isNew)) loaded.add(run);
    return { ...test, status: 'passed', flaky: true, attempts: attempt };
  });
  totals.tests += loaded.size;
  totals.passed += loaded.size;
  return {
    ...first,
    totals,
    failures,
    others: [...first.others, ...loaded].slice(0, KEPT_TESTS),
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
    const unit = unitOf(test);
    if (test.flaky && test.attempts) recovered.set(unit, (recovered.get(unit) ?? 0) + 1);
  }
  return new Map(
    [...files].map(([file, tally]) => [
      file,
      { ...tally, failed: Math.max(0, tally.failed - (recovered.get(file) ?? 0)) },
    ]),
  );
}
