import { type History, KEPT, NO_HISTORY, type PastRun, type TestHistory } from './history.js';
import { parseRoster } from './roster.js';

const FORMAT = 'fairway-test-history/2';

/** A history as the text of a cache entry. */
export function writeHistory(history: History): string {
  return JSON.stringify({
    format: FORMAT,
    timings: Object.fromEntries(history.timings),
    files: Object.fromEntries(history.files),
    ...(history.roster && { roster: Object.fromEntries(history.roster) }),
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
    roster: root.roster === undefined ? undefined : parseRoster(record(root.roster)),
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
    passed: value.passed === true,
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
