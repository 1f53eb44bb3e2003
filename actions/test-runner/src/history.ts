import { isRed, keyOf, type RunRecord } from '@fairway/reports';
import { type Roster, rosterOf } from './roster.js';

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
  readonly passed: boolean;
}

/** What is kept between runs of a branch. */
export interface History {
  /** Milliseconds by file or package. */
  readonly timings: ReadonlyMap<string, number>;
  /** How many tests each file had in the last run. */
  readonly files: ReadonlyMap<string, number>;
  /** Which tests there were in the last whole run; undefined where they were too many, or no run was whole. */
  readonly roster: Roster | undefined;
  /** By suite and name. */
  readonly tests: ReadonlyMap<string, TestHistory>;
  /** The oldest first. */
  readonly runs: readonly PastRun[];
}

export const NO_HISTORY: History = {
  timings: new Map(),
  files: new Map(),
  roster: undefined,
  tests: new Map(),
  runs: [],
};

/** More than this is not kept. */
export const KEPT = { timings: 20_000, tests: 5_000, runs: 50 };

/**
 * How much a new timing counts. Within a quarter of what was known it is taken for noise, and averaged; beyond, the file
 * has changed, and averaging would only be late (`node benchmarks/shards.mjs`).
 */
const WEIGHT = { noise: 0.3, change: 0.9 };
const NOISE = 0.25;

/** What a run is remembered by, beside its tests. */
export interface RunMark {
  readonly sha: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Percent. */
  readonly coverage: number | undefined;
  /** As it was judged. Of one that broke (`error`, `empty`) it is not known which tests it would have had. */
  readonly result: 'passed' | 'failed' | 'empty' | 'error';
}

/** The history with one more run in it. */
export function remember(history: History, record: RunRecord, run: RunMark): History {
  const { totals } = record.results;
  const past: PastRun = {
    sha: run.sha,
    at: run.at,
    tests: totals.tests,
    red: totals.failed + totals.errored,
    flaky: totals.flaky,
    wallMs: Math.round(record.wallMs),
    ...(run.coverage !== undefined && { coverage: run.coverage }),
    passed: run.result === 'passed',
  };
  const whole = run.result === 'passed' || run.result === 'failed';
  const files = [...record.results.files].slice(0, KEPT.timings);
  return {
    timings: rememberTimings(history.timings, record),
    files: whole ? new Map(files.map(([file, { tests }]) => [file, tests])) : history.files,
    roster: whole ? rosterOf(record.results) : history.roster,
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
    out.set(file, Math.round(before === undefined ? durationMs : learned(before, durationMs)));
  }
  return new Map([...out].slice(-KEPT.timings));
}

function learned(before: number, now: number): number {
  const noise = now <= before * (1 + NOISE) && now >= before / (1 + NOISE);
  return before + (now - before) * (noise ? WEIGHT.noise : WEIGHT.change);
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
