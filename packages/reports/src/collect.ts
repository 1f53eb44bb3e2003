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
  /** The report that is being read, as the user knows it. */
  report = '';
  readonly #totals = { tests: 0, passed: 0, failed: 0, errored: 0, skipped: 0, flaky: 0, durationMs: 0 };
  readonly #files = new Map<string, Mutable<FileTally>>();
  readonly #failures: TestCase[] = [];
  readonly #others: TestCase[] = [];
  readonly #omitted = { failures: 0, others: 0 };
  readonly #problems: Problem[] = [];
  #slowest: TestCase[] = [];
  #slowEnough = 0;
  /** The last suite's name, in a copy of its own. */
  #suite = '';
  /** The file whose tests are being told, and its tally; undefined where it has none of its own. */
  #booked = '';
  #tally: Mutable<FileTally> | undefined;

  add(test: TestCase): void {
    const totals = this.#totals;
    totals.tests++;
    totals[test.status]++;
    totals.durationMs += test.durationMs;
    if (test.flaky) totals.flaky++;
    this.#book(test);
    const kept = this.#keep(test);
    if (test.durationMs > this.#slowEnough) this.#rank(kept ?? this.#detached(test));
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

  /** Puts the test on its list; gives what is kept of it, or undefined when the list is full. */
  #keep(test: TestCase): TestCase | undefined {
    const red = isRed(test.status) || test.flaky === true;
    const list = red ? this.#failures : this.#others;
    if (list.length >= (red ? KEPT_FAILURES : KEPT_TESTS)) {
      this.#omitted[red ? 'failures' : 'others']++;
      return undefined;
    }
    const kept = this.#detached(test);
    list.push(kept);
    return kept;
  }

  /**
   * A copy whose texts are its own and bounded. V8 keeps a whole parsed piece of a file alive for as long as one short
   * slice of it is; a thousand failures would keep a report of gigabytes. A test of no file keeps its report's name.
   */
  #detached(test: TestCase): TestCase {
    const kept: Mutable<TestCase> = { ...test };
    // Tests of a suite come one after the other.
    if (test.suite !== this.#suite) this.#suite = copied(test.suite);
    kept.suite = this.#suite;
    kept.name = copied(shorten(test.name, 2_000));
    if (test.file !== undefined) kept.file = copied(test.file);
    else if (this.report !== '') kept.report = this.report;
    if (test.reason !== undefined) kept.reason = copied(shorten(test.reason, 2_000));
    if (test.failure) kept.failure = detachedFailure(test.failure);
    return kept;
  }

  #book(test: TestCase): void {
    const file = fileOf(test);
    // Tests of a file come one after the other, and to compare a name is quicker than to look it up.
    if (this.#tally === undefined || file !== this.#booked) {
      this.#booked = copied(file);
      this.#tally = this.#tallyOf(this.#booked);
    }
    const tally = this.#tally;
    if (tally === undefined) return;
    tally.tests++;
    tally.durationMs += test.durationMs;
    if (isRed(test.status)) tally.failed++;
  }

  #tallyOf(file: string): Mutable<FileTally> | undefined {
    const known = this.#files.get(file);
    if (known !== undefined || this.#files.size >= KEPT_FILES) return known;
    const tally = { tests: 0, failed: 0, durationMs: 0 };
    this.#files.set(file, tally);
    return tally;
  }

  /** Keeps a few times what is shown and thins it out now and then, instead of sorting for every test. */
  #rank(test: TestCase): void {
    this.#slowest.push(test);
    if (this.#slowest.length < KEPT_SLOWEST * 4) return;
    this.#slowest = this.#slowest.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, KEPT_SLOWEST);
    this.#slowEnough = this.#slowest.at(-1)?.durationMs ?? 0;
  }
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
  // Up to twelve characters V8 copies by itself. Of two texts put together it makes one of its own when it cuts it.
  return text.length < 13 ? text : ` ${text}`.slice(1);
}

/**
 * Adds to a text that comes in pieces, however many: its middle is left out before it takes much more than is kept of
 * it in the end.
 */
export function append(pieces: string[], piece: string): void {
  pieces.push(piece);
  if (pieces.length < 32 && piece.length < 4 * DETAIL_CHARACTERS) return;
  const whole = pieces.join('');
  if (whole.length > 4 * DETAIL_CHARACTERS)
    pieces.splice(0, pieces.length, shorten(whole, 2 * DETAIL_CHARACTERS));
  else pieces.splice(0, pieces.length, whole);
}

/** Keeps the head and the end of a text: assertions stand at the one, the cause of a crash at the other. */
export function shorten(value: string, limit: number): string {
  if (value.length <= limit) return value;
  const head = Math.floor(limit * 0.75);
  const tail = limit - head;
  return `${value.slice(0, head)}\n… ${value.length - limit} characters left out …\n${value.slice(-tail)}`;
}
