import { Collector, type RunRecord, type TestCase } from '@fairway/reports';
import { describe, expect, test } from 'vitest';
import { judge, missingShards, type Standards } from '../src/judge.ts';
import { matches, quarantined } from '../src/quarantine.ts';

const STANDARDS: Standards = {
  quarantine: [],
  today: '2026-06-15',
  minimumCoverage: undefined,
  minimumPatchCoverage: undefined,
  ratchet: undefined,
  partial: false,
};
const UNMEASURED = { total: undefined, patch: undefined };

function record(tests: readonly Partial<TestCase>[], attempt = {}, shard = ''): RunRecord {
  const collector = new Collector();
  tests.forEach((entry, index) => {
    collector.add({ suite: 's', name: `t${index}`, status: 'passed', durationMs: 1, ...entry });
  });
  return {
    shard,
    framework: 'vitest',
    ecosystem: 'node',
    command: '',
    startedAt: 0,
    wallMs: 1,
    attempts: [{ exitCode: 0, timedOut: false, durationMs: 1, explained: true, ...attempt }],
    results: collector.results(),
    coverage: new Map(),
  };
}

function verdict(
  run: RunRecord,
  standards: Partial<Standards> = {},
  measured: Parameters<typeof judge>[2] = UNMEASURED,
) {
  return judge([run], run, measured, { ...STANDARDS, ...standards }, []);
}

const RED = { status: 'failed' as const };
const ENTRY = { test: 's › t0', owner: '@team', reason: 'tracked in #1', expires: '2026-06-15' };

describe('the verdict', () => {
  test.for([
    ['green', record([{}]), {}, 'passed'],
    ['a red test', record([RED], { exitCode: 1 }), {}, 'failed'],
    ['a red test, although the command says 0', record([RED]), {}, 'failed'],
    [
      'green tests, although the command failed',
      record([{}], { exitCode: 1, explained: false }),
      {},
      'error',
    ],
    ['a signal', record([{}], { exitCode: null, explained: false }), {}, 'error'],
    ['out of time', record([{}], { timedOut: true, explained: false }), {}, 'error'],
    ['nothing ran', record([]), {}, 'empty'],
    ['everything was skipped', record([{ status: 'skipped' }]), {}, 'empty'],
    ['a shard in which everything was skipped', record([{ status: 'skipped' }]), { partial: true }, 'passed'],
    ['a flaky test', record([{ flaky: true }]), {}, 'passed'],
    ['a quarantined test', record([RED, {}], { exitCode: 1 }), { quarantine: [ENTRY] }, 'passed'],
    [
      'a quarantine that ended yesterday',
      record([RED], { exitCode: 1 }),
      { quarantine: [ENTRY], today: '2026-06-16' },
      'failed',
    ],
    [
      'another red test beside the quarantined',
      record([RED, RED], { exitCode: 1 }),
      { quarantine: [ENTRY] },
      'failed',
    ],
  ] as const)('%s', ([, run, standards, result]) => {
    expect(verdict(run, standards).result).toBe(result);
  });

  test.for([
    [80, 80, 'passed'],
    [79.999, 80, 'failed'],
    [undefined, 80, 'failed'],
  ] as const)('coverage of %s against a minimum of %d', ([total, minimumCoverage, result]) => {
    expect(verdict(record([{}]), { minimumCoverage }, { total, patch: undefined }).result).toBe(result);
  });

  test.for([
    ['the first run', 10, 0, undefined, 'passed'],
    ['as much', 80, 0, 80, 'passed'],
    ['more', 80.01, 0, 80, 'passed'],
    ['less by what no one is shown', 79.9999, 0, 79.9951, 'passed'],
    ['less', 79.9, 0, 80, 'failed'],
    ['less by what is allowed', 79.5, 0.5, 80, 'passed'],
    ['less by more than that', 79.4, 0.5, 80, 'failed'],
    ['not measured at all', undefined, 0.5, undefined, 'failed'],
  ] as const)('the ratchet: %s', ([, total, drop, coverage, result]) => {
    const before = coverage === undefined ? undefined : { name: 'main', coverage };
    const judged = verdict(record([{}]), { ratchet: { drop, before } }, { total, patch: undefined });
    expect(judged.result).toBe(result);
    if (coverage === 80 && result === 'failed')
      expect(judged.reasons[0]).toContain('points below that of main (80');
  });

  test('a change without a line that can run is not too little covered', () => {
    expect(verdict(record([{}]), { minimumPatchCoverage: 80 }, { total: 50, patch: 'none' }).result).toBe(
      'passed',
    );
    expect(verdict(record([{}]), { minimumPatchCoverage: 80 }, { total: 50, patch: 79 }).result).toBe(
      'failed',
    );
  });

  test('a report that is not whole, and a shard that is missing', () => {
    const run = record([{}], {}, '1/3');
    const torn = {
      ...run,
      results: { ...run.results, problems: [{ file: 'a.xml', message: 'it is cut off' }] },
    };
    expect(verdict(torn).reasons[0]).toContain("The report 'a.xml' in shard 1/3 is not whole");
    expect(missingShards([run, record([{}], {}, '3/3')])).toEqual(['2/3']);
    expect(judge([run], run, UNMEASURED, STANDARDS, ['2/3'])).toMatchObject({
      result: 'error',
      reasons: ['Shard 2/3 left no results.'],
    });
  });
});

describe('a quarantine entry', () => {
  test.for([
    ['s › t0', true],
    ['t0', true],
    ['s › *', true],
    ['*', true],
    ['s', false],
    ['s › t', false],
    ['*›*0', true],
    ['f.ts › t0', true],
  ] as const)('%j', ([pattern, expected]) => {
    const red: TestCase = { suite: 's', name: 't0', file: 'f.ts', status: 'failed', durationMs: 1 };
    expect(quarantined([red], [{ ...ENTRY, test: pattern }], '2026-06-01')).toHaveLength(expected ? 1 : 0);
  });

  test('stars match without going back and forth', () => {
    expect(matches(`${'*a'.repeat(200)}b`, 'a'.repeat(20_000))).toBe(false);
    expect(matches('a*b*c', 'a1b2b3c')).toBe(true);
    expect(matches('ab*ba', 'aba')).toBe(false);
  });
});
