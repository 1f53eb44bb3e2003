import type { Outputs as Writer } from '@fairway/action-kit';

/** Every output with the value it has until something better is known, so that each is set on every path. */
export const OUTPUTS = {
  matrix: '{"include":[]}',
  'shard-count': 0,
  ecosystem: '' as string,
  framework: '' as string,
  result: 'error' as string,
  tests: 0,
  passed: 0,
  failed: 0,
  errored: 0,
  skipped: 0,
  flaky: 0,
  quarantined: 0,
  'duration-ms': 0,
  coverage: '' as string,
  'patch-coverage': '' as string,
  'report-path': '' as string,
  'failed-tests': '[]',
};

type Widened<T> = { [K in keyof T]: T[K] extends number ? number : string };

export type Outputs = Writer<Widened<typeof OUTPUTS>>;
