import {
  DETAIL_CHARACTERS,
  type Failure,
  type FileTally,
  fileOf,
  isRed,
  KEPT_FAILURES,
  KEPT_FILES,
  KEPT_SLOWEST,
  KEPT_TESTS,
  type Problem,
  type Results,
  type TestCase,
} from './model.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Takes tests one by one, as a reader finds them, and keeps what a report needs: memory does not grow past its bounds. */
export class Collector {
  readonly #totals = { tests: 0, passed: 0, failed: 0, errored: 0, skipped: 0, flaky: 0, durationMs: 0 };
  readonly #files = new Map<string, Mutable<FileTally>>();
  readonly #failures: TestCase[] = [];
  readonly #others: TestCase[] = [];
  readonly #omitted = { failures: 0, others: 0 };
  readonly #problems: Problem[] = [];
  #slowest: TestCase[] = [];
  #slowEnough = 0;

  add(test: TestCase): void {
    const totals = this.#totals;
    totals.tests++;
    totals[test.status]++;
    totals.durationMs += test.durationMs;
    if (test.flaky) totals.flaky++;
    this.#book(test);
    if (isRed(test.status) || test.flaky) {
      if (this.#failures.length < KEPT_FAILURES) this.#failures.push(detached(test));
      else this.#omitted.failures++;
    } else if (this.#others.length < KEPT_TESTS) this.#others.push(detached(test));
    else this.#omitted.others++;
    if (test.durationMs > this.#slowEnough) this.#rank(detached(test));
  }

  /** Notes a file that could not be read in full. */
  problem(file: string, message: string): void {
    if (this.#problems.length < 100) this.#problems.push({ file, message });
  }

  /** Files read so far tell of this many tests. */
  get tests(): number {
    return this.#totals.tests;
  }

  results(): Results {
    return {
      totals: { ...this.#totals },
      files: this.#files,
      failures: this.#failures,
      others: this.#others,
      omitted: { ...this.#omitted },
      slowest: this.#slowest.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, KEPT_SLOWEST),
      problems: this.#problems,
    };
  }

  #book(test: TestCase): void {
    const file = fileOf(test);
    let tally = this.#files.get(file);
    if (tally === undefined) {
      if (this.#files.size >= KEPT_FILES) return;
      tally = { tests: 0, failed: 0, durationMs: 0 };
      this.#files.set(copied(file), tally);
    }
    tally.tests++;
    tally.durationMs += test.durationMs;
    if (isRed(test.status)) tally.failed++;
  }

  /** Keeps a few times what is shown and thins it out now and then, instead of sorting for every test. */
  #rank(test: TestCase): void {
    this.#slowest.push(test);
    if (this.#slowest.length < KEPT_SLOWEST * 4) return;
    this.#slowest = this.#slowest.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, KEPT_SLOWEST);
    this.#slowEnough = this.#slowest.at(-1)?.durationMs ?? 0;
  }
}

/**
 * A copy whose texts are its own and bounded. V8 keeps a whole parsed piece of a file alive for as long as one short
 * slice of it is; a thousand failures would keep a report of gigabytes.
 */
function detached(test: TestCase): TestCase {
  return {
    ...test,
    suite: copied(test.suite),
    name: copied(shorten(test.name, 2_000)),
    ...(test.file !== undefined && { file: copied(test.file) }),
    ...(test.reason !== undefined && { reason: copied(shorten(test.reason, 2_000)) }),
    ...(test.failure && { failure: detachedFailure(test.failure) }),
  };
}

function detachedFailure(failure: Failure): Failure {
  return {
    ...failure,
    ...(failure.type !== undefined && { type: copied(shorten(failure.type, 500)) }),
    message: copied(shorten(failure.message, DETAIL_CHARACTERS / 4)),
    details: copied(shorten(failure.details, DETAIL_CHARACTERS)),
  };
}

function copied(text: string): string {
  // Up to twelve characters V8 copies by itself.
  return text.length < 13 ? text : Buffer.from(text, 'utf8').toString('utf8');
}

/** Keeps the head and the end of a text: assertions stand at the one, the cause of a crash at the other. */
export function shorten(value: string, limit: number): string {
  if (value.length <= limit) return value;
  const head = Math.floor(limit * 0.75);
  const tail = limit - head;
  return `${value.slice(0, head)}\n… ${value.length - limit} characters left out …\n${value.slice(-tail)}`;
}
