/** How many tests ended how, by a reader that shares nothing with ours. */
export interface Counts {
  readonly tests: number;
  readonly failed: number;
  readonly errored: number;
  readonly skipped: number;
}

/** Counts, beside what the tool itself says that they are. */
export interface Counted extends Counts {
  readonly declared?: Counts;
}

/** How one test ended. */
export type Status = 'passed' | 'failed' | 'errored' | 'skipped';

/** How many ended how. */
export function counts(statuses: readonly Status[]): Counts {
  const count = (wanted: Status) => statuses.filter((status) => status === wanted).length;
  return {
    tests: statuses.length,
    failed: count('failed'),
    errored: count('errored'),
    skipped: count('skipped'),
  };
}
