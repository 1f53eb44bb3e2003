import type { Outputs as Writer } from '@fairway/action-kit';
import type { RunRecord } from '@fairway/reports';
import { percentText } from '@fairway/reports/coverage';
import type { Measured, Verdict } from './judge.js';
import type { RosterChange } from './roster.js';

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
  'new-tests': '' as string,
  'missing-tests': '' as string,
  'duration-ms': 0,
  coverage: '' as string,
  'patch-coverage': '' as string,
  'report-path': '' as string,
  'failed-tests': '[]',
};

type Widened<T> = { [K in keyof T]: T[K] extends number ? number : string };

export type Outputs = Writer<Widened<typeof OUTPUTS>>;

/** Every figure of a judged run. */
export function writeFigures(
  outputs: Outputs,
  { results: { totals }, wallMs }: RunRecord,
  measured: Measured,
  verdict: Verdict,
): void {
  outputs.set('result', verdict.result);
  outputs.set('tests', totals.tests);
  outputs.set('passed', totals.passed);
  outputs.set('failed', totals.failed);
  outputs.set('errored', totals.errored);
  outputs.set('skipped', totals.skipped);
  outputs.set('flaky', totals.flaky);
  outputs.set('quarantined', verdict.quarantined.length);
  outputs.set('duration-ms', Math.round(wallMs));
  outputs.set('coverage', measured.total === undefined ? '' : percentText(measured.total));
  outputs.set('patch-coverage', typeof measured.patch === 'number' ? percentText(measured.patch) : '');
  const failed = verdict.red.slice(0, 100).map(({ suite, name, failure }) => ({
    suite,
    name,
    message: (failure?.message ?? '').slice(0, 300),
    ...(failure?.location && { file: failure.location.file, line: failure.location.line }),
  }));
  outputs.set('failed-tests', JSON.stringify(failed));
}

/** How many tests came and went. */
export function writeChange(outputs: Outputs, change: RosterChange | undefined): void {
  outputs.set('new-tests', change === undefined ? '' : `${change.added.length}`);
  outputs.set('missing-tests', change === undefined ? '' : `${change.missing.length}`);
}
