import { isRed, keyOf, type RunRecord } from '@fairway/reports';

/** How a test has behaved over the runs in which it was ever red or flaky. */
export interface TestHistory {
  /** Runs since it is watched. */
  readonly runs: number;
  readonly flaky: number;
  readonly red: number;
  /** The commit of the first of the red runs that it is in now; empty when it is green. */
  readonly redSince: string;
  readonly lastBad: number;
}

export interface PastRun {
  readonly sha: string;
  readonly at: number;
  readonly tests: number;
  readonly red: number;
  readonly flaky: number;
  readonly wallMs: number;
  /** Percent; absent where it was not measured. */
  readonly coverage?: number;
}

/** What is kept between runs of a branch. */
export interface History {
  /** Milliseconds by file or package. */
  readonly timings: ReadonlyMap<string, number>;
  /** How many tests each file had in the last run. */
  readonly files: ReadonlyMap<string, number>;
  /** By suite and name. */
  readonly tests: ReadonlyMap<string, TestHistory>;
  /** The oldest first. */
  readonly runs: readonly PastRun[];
}

export const NO_HISTORY: History = { timings: new Map(), files: new Map(), tests: new Map(), runs: [] };

const KEPT = { timings: 20_000, tests: 5_000, runs: 50 };

/** A new timing counts for this much: one slow run does not turn the plan over. */
const WEIGHT = 0.4;

/** The history with one more run in it. */
export function remember(
  history: History,
  record: RunRecord,
  run: { readonly sha: string; readonly at: number; readonly coverage: number | undefined },
): History {
  const { totals } = record.results;
  const past: PastRun = {
    sha: run.sha,
    at: run.at,
    tests: totals.tests,
    red: totals.failed + totals.errored,
    flaky: totals.flaky,
    wallMs: Math.round(record.wallMs),
    ...(run.coverage !== undefined && { coverage: run.coverage }),
  };
  return {
    timings: rememberTimings(history.timings, record),
    files: new Map(
      [...record.results.files].slice(0, KEPT.timings).map(([file, { tests }]) => [file, tests]),
    ),
    tests: rememberTests(history.tests, record, run.sha, run.at),
    runs: [...history.runs, past].slice(-KEPT.runs),
  };
}

function rememberTimings(timings: ReadonlyMap<string, number>, record: RunRecord): Map<string, number> {
  const out = new Map(timings);
  for (const [file, { durationMs, tests }] of record.results.files) {
    if (tests === 0) continue;
    const before = out.get(file);
    out.delete(file); // what ran last stands last, and what is gone is dropped first
    out.set(file, Math.round(before === undefined ? durationMs : before + (durationMs - before) * WEIGHT));
  }
  return new Map([...out].slice(-KEPT.timings));
}

function rememberTests(
  tests: ReadonlyMap<string, TestHistory>,
  record: RunRecord,
  sha: string,
  at: number,
): Map<string, TestHistory> {
  const out = new Map([...tests].map(([key, test]) => [key, { ...test, runs: test.runs + 1, redSince: '' }]));
  for (const test of record.results.failures) {
    const key = keyOf(test);
    const before = tests.get(key);
    const red = isRed(test.status);
    out.delete(key);
    out.set(key, {
      runs: (before?.runs ?? 0) + 1,
      flaky: (before?.flaky ?? 0) + (test.flaky ? 1 : 0),
      red: (before?.red ?? 0) + (red ? 1 : 0),
      redSince: red ? before?.redSince || sha : '',
      lastBad: at,
    });
  }
  return new Map([...out].slice(-KEPT.tests));
}

const FORMAT = 'fairway-test-history/1';

export function writeHistory(history: History): string {
  return JSON.stringify({
    format: FORMAT,
    timings: Object.fromEntries(history.timings),
    files: Object.fromEntries(history.files),
    tests: Object.fromEntries(history.tests),
    runs: history.runs,
  });
}

/** A history from a cache entry; anything that is not one is an empty history. */
export function parseHistory(text: string): History {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return NO_HISTORY;
  }
  const root = record(document);
  if (root.format !== FORMAT) return NO_HISTORY;
  return {
    timings: numbers(root.timings),
    files: numbers(root.files),
    tests: new Map(
      Object.entries(record(root.tests))
        .slice(-KEPT.tests)
        .map(([key, value]) => [key, testHistory(record(value))]),
    ),
    runs: (Array.isArray(root.runs) ? root.runs : []).slice(-KEPT.runs).map((run) => pastRun(record(run))),
  };
}

function numbers(value: unknown): Map<string, number> {
  const entries = Object.entries(record(value)).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] >= 0,
  );
  return new Map(entries.slice(-KEPT.timings));
}

function testHistory(value: Readonly<Record<string, unknown>>): TestHistory {
  return {
    runs: number(value.runs),
    flaky: number(value.flaky),
    red: number(value.red),
    redSince: sha(value.redSince),
    lastBad: number(value.lastBad),
  };
}

function pastRun(value: Readonly<Record<string, unknown>>): PastRun {
  return {
    sha: sha(value.sha),
    at: number(value.at),
    tests: number(value.tests),
    red: number(value.red),
    flaky: number(value.flaky),
    wallMs: number(value.wallMs),
    ...(typeof value.coverage === 'number' && { coverage: Math.min(100, number(value.coverage)) }),
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : 0;
}

function sha(value: unknown): string {
  return typeof value === 'string' && /^[0-9a-f]{7,64}$/.test(value) ? value : '';
}
