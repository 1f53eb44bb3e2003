import { formatDuration } from '@fairway/action-kit';
import { isRed, type RunRecord, type TestCase } from '@fairway/reports';
import { percentText } from '@fairway/reports/coverage';
import { type Entry, type Quarantined, quarantined } from './quarantine.js';

export type Result = 'passed' | 'failed' | 'empty' | 'error';

export interface Standards {
  readonly quarantine: readonly Entry[];
  /** YYYY-MM-DD */
  readonly today: string;
  /** Percent. */
  readonly minimumCoverage: number | undefined;
  readonly minimumPatchCoverage: number | undefined;
  /** Coverage may not fall; undefined where that is not asked for. */
  readonly ratchet: Ratchet | undefined;
  /** This is a shard: coverage and emptiness are judged over all of them. */
  readonly partial: boolean;
}

/** How far coverage may fall below that of another run. */
export interface Ratchet {
  /** Percentage points. */
  readonly drop: number;
  /** The run to compare with; undefined where none is known yet. */
  readonly before: { readonly name: string; readonly coverage: number } | undefined;
}

/** Coverage in percent; undefined where nothing could be measured. */
export interface Measured {
  readonly total: number | undefined;
  /** `none`: the change has no line that could run. */
  readonly patch: number | undefined | 'none';
}

export interface Verdict {
  readonly result: Result;
  /** Why it is not `passed`, one sentence each, the gravest first. */
  readonly reasons: readonly string[];
  /** Red tests that count. */
  readonly red: readonly TestCase[];
  readonly quarantined: readonly Quarantined[];
  readonly expired: readonly Quarantined[];
  readonly flaky: readonly TestCase[];
}

/** Judges a run. Every doubt is against it: green means that tests ran, all of them ended, and none was red. */
export function judge(
  records: readonly RunRecord[],
  whole: RunRecord,
  measured: Measured,
  standards: Standards,
  missing: readonly string[],
): Verdict {
  const { results } = whole;
  const all = results.failures.filter(({ status }) => isRed(status));
  const known = quarantined(all, standards.quarantine, standards.today);
  const excused = new Set(known.filter(({ expired }) => !expired).map(({ test }) => test));
  const red = all.filter((test) => !excused.has(test));
  const redCount = red.length + results.omitted.failures;
  const errors = [
    ...missing.map((shard) => `Shard ${shard} left no results.`),
    ...records.flatMap(brokenReasons),
  ];
  const emptiness = emptyReason(whole, standards.partial);
  const failing = [
    ...(redCount > 0
      ? [
          `${redCount} of ${results.totals.tests} ${results.totals.tests === 1 ? 'test' : 'tests'} ${redCount === 1 ? 'is' : 'are'} red.`,
        ]
      : []),
    ...coverageReasons(measured, standards),
  ];
  return {
    result:
      errors.length > 0
        ? 'error'
        : emptiness !== undefined
          ? 'empty'
          : failing.length > 0
            ? 'failed'
            : 'passed',
    reasons: [...errors, ...(emptiness === undefined || errors.length > 0 ? [] : [emptiness]), ...failing],
    red,
    quarantined: known.filter(({ expired }) => !expired),
    expired: known.filter(({ expired }) => expired),
    flaky: results.failures.filter(({ flaky }) => flaky === true),
  };
}

/** Shards that the others' names tell of and that are not there. */
export function missingShards(records: readonly RunRecord[]): string[] {
  const counts = new Set(records.flatMap(({ shard }) => shard.split('/')[1] ?? []));
  const present = new Set(records.map(({ shard }) => shard));
  return [...counts].flatMap((count) =>
    Array.from({ length: Number(count) }, (_, index) => `${index + 1}/${count}`).filter(
      (shard) => !present.has(shard),
    ),
  );
}

/** What is wrong beside red tests: the time limit, an exit code that nothing explains, a torn report. */
function brokenReasons(record: RunRecord): string[] {
  const where = record.shard === '' ? '' : ` in shard ${record.shard}`;
  const late = record.attempts.find(({ timedOut }) => timedOut);
  const odd = record.attempts.find(({ explained, timedOut }) => !explained && !timedOut);
  return [
    ...(late
      ? [
          `The tests did not end within their time${where} and were stopped after ${formatDuration(late.durationMs)}; what had finished is reported.`,
        ]
      : []),
    ...(odd
      ? [`The test command failed${where} (${exit(odd.exitCode)}) for another reason than a red test.`]
      : []),
    ...record.results.problems
      .slice(0, 5)
      .map(({ file, message }) => `The report '${file}'${where} is not whole: ${message}.`),
  ];
}

function exit(code: number | null): string {
  return code === null ? 'ended by a signal' : `exit code ${code}`;
}

function emptyReason({ results: { totals } }: RunRecord, partial: boolean): string | undefined {
  if (totals.tests === 0) return partial ? undefined : 'No test ran.';
  if (totals.tests === totals.skipped && !partial) return `No test ran: all ${totals.tests} were skipped.`;
  return undefined;
}

function coverageReasons(measured: Measured, standards: Standards): string[] {
  if (standards.partial) return [];
  const { minimumCoverage: total, minimumPatchCoverage: patch } = standards;
  return [
    ...(total === undefined ? [] : below('Coverage', measured.total, total)),
    ...(patch === undefined || measured.patch === 'none'
      ? []
      : below('Coverage of the changed lines', measured.patch, patch)),
    ...(standards.ratchet === undefined ? [] : fallen(measured.total, standards.ratchet)),
  ];
}

/** Compared as they are shown, so that nobody reads "80 % is below 80 %". */
function fallen(measured: number | undefined, { drop, before }: Ratchet): string[] {
  if (measured === undefined) return ['Coverage must not fall, and no coverage report was found.'];
  if (before === undefined) return [];
  const points = Number(percentText(before.coverage)) - Number(percentText(measured));
  if (points <= drop + 1e-9) return [];
  const most = drop === 0 ? 'it must not fall' : `it may fall by ${drop} at most`;
  return [
    `Coverage is ${percentText(measured)} %, ${points.toFixed(2)} points below that of ${before.name} (${percentText(before.coverage)} %); ${most}.`,
  ];
}

function below(what: string, measured: number | undefined, minimum: number): string[] {
  if (measured === undefined)
    return [`${what} must be at least ${minimum} %, and no coverage report was found.`];
  return measured < minimum
    ? [`${what} is ${percentText(measured)} %, below the minimum of ${minimum} %.`]
    : [];
}
