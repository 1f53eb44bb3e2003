import type { Location, TestCase } from '../model.js';
import type { RunRecord } from '../record.js';

/** A test with what the judge has to say about it. */
export interface Told {
  readonly test: TestCase;
  /** Plain text: since when it is red, who owns it, until when it is excused. */
  readonly note: string;
}

/** Counts of an earlier run to compare with. */
export interface Before {
  /** What it is, in words: `main at 1a2b3c4`. */
  readonly name: string;
  readonly tests: number;
  readonly red: number;
  readonly wallMs: number;
  readonly coverage?: number;
}

/** A test by its name alone. */
export interface RosterEntry {
  readonly file: string;
  /** `suite › name` */
  readonly name: string;
}

/** A judged run, ready to be told in Markdown, on a page or in CTRF. */
export interface Story {
  readonly title: string;
  readonly result: 'passed' | 'failed' | 'empty' | 'error';
  readonly reasons: readonly string[];
  readonly whole: RunRecord;
  readonly shards: readonly RunRecord[];
  readonly red: readonly Told[];
  readonly quarantined: readonly Told[];
  readonly expired: readonly Told[];
  readonly flaky: readonly Told[];
  readonly coverage?: {
    /** Percent. */
    readonly total?: number;
    readonly patch?: number;
    /** Changed lines that no test ran, by file. */
    readonly missed: ReadonlyMap<string, readonly number[]>;
  };
  readonly before?: Before;
  /** Tests that the run before had not, and those that only it had; absent where one of both is not known by name. */
  readonly added?: readonly RosterEntry[];
  readonly missing?: readonly RosterEntry[];
  /** Files in which fewer tests ran than before: deleted on purpose, or lost without a word. */
  readonly fewer?: readonly { readonly file: string; readonly before: number; readonly now: number }[];
  /** Wall clock and red tests of earlier runs of this branch, the oldest first. */
  readonly past: readonly { readonly wallMs: number; readonly red: number; readonly coverage?: number }[];
  /** The address of a place in the sources; empty where there is none. */
  readonly sourceUrl: (location: Location) => string;
  readonly runUrl: string;
}
