import { context } from '@fairway/action-kit';
import { keyOf, type Location, type RunRecord, type Story, type TestCase, type Told } from '@fairway/reports';
import type { patchCoverage } from '@fairway/reports/coverage';
import type { History, PastRun } from './history.js';
import type { Measured, Verdict } from './judge.js';
import { type Ownership, ownersOf, readOwners } from './owners.js';
import type { Quarantined } from './quarantine.js';
import type { RosterChange } from './roster.js';
import type { Subject } from './subject.js';

/** A judged run with all that is known around it. */
export interface Judged {
  readonly verdict: Verdict;
  readonly whole: RunRecord;
  readonly records: readonly RunRecord[];
  readonly measured: Measured;
  readonly patch: ReturnType<typeof patchCoverage> | undefined;
  /** Of this branch. */
  readonly history: History;
  /** Of the branch to compare with. */
  readonly base: History;
  readonly change: RosterChange | undefined;
  readonly subject: Subject;
}

/** Puts together what is told of a run: the verdict, with what history knows of each test. */
export function storyOf(judged: Judged): Story {
  const { verdict, whole, records, measured, patch, history, base, change, subject } = judged;
  const at = context();
  const last = base.runs.at(-1);
  const owners = verdict.red.length > 0 ? readOwners(at.workspace) : [];
  return {
    title: 'Tests',
    result: verdict.result,
    reasons: verdict.reasons,
    whole,
    shards: records,
    red: verdict.red.map((test) => ({
      test,
      note: [since(test, history), ownersNote(test, owners)].filter(Boolean).join(', '),
    })),
    quarantined: verdict.quarantined.map(excuse),
    expired: verdict.expired.map(excuse),
    flaky: verdict.flaky.map((test) => ({ test, note: flakiness(test, history) })),
    ...((measured.total !== undefined || patch !== undefined) && {
      coverage: {
        ...(measured.total !== undefined && { total: measured.total }),
        ...(typeof measured.patch === 'number' && { patch: measured.patch }),
        missed: patch?.missed ?? new Map(),
      },
    }),
    ...(last && { before: { ...last, name: nameOf(last, subject.foreign ? at.defaultBranch : at.baseRef) } }),
    ...(change === undefined ? { fewer: fewerOf(whole, base) } : change),
    past: [...history.runs, { wallMs: whole.wallMs, red: verdict.red.length }],
    sourceUrl: ({ file, line }: Location) =>
      at.repository === ''
        ? ''
        : `${at.serverUrl}/${at.repository}/blob/${subject.sha}/${file.split('/').map(encodeURIComponent).join('/')}#L${line}`,
    runUrl: subject.runUrl,
  };
}

function nameOf({ sha }: PastRun, baseRef: string): string {
  const short = sha.slice(0, 7);
  return baseRef === '' ? `the run before, of ${short}` : `${baseRef} at ${short}`;
}

/** Where tests are not known by name, their number still tells. */
function fewerOf(whole: RunRecord, base: History): NonNullable<Story['fewer']> {
  return [...base.files].flatMap(([file, before]) => {
    const now = whole.results.files.get(file)?.tests ?? 0;
    return now < before ? [{ file, before, now }] : [];
  });
}

function ownersNote(test: TestCase, owners: readonly Ownership[]): string {
  const file = test.failure?.location?.file ?? test.file;
  const found = file === undefined ? [] : ownersOf(file, owners);
  return found.length === 0 ? '' : `owned by ${found.join(' ')}`;
}

/** New, or red since an earlier commit. Nothing is said where no history tells. */
function since(test: TestCase, history: History): string {
  if (history.runs.length === 0) return '';
  const known = history.tests.get(keyOf(test));
  if (known?.redSince) return `red since ${known.redSince.slice(0, 7)}`;
  return known && known.flaky > 0 ? `flaky before: ${known.flaky} of ${known.runs} runs` : 'newly red';
}

function flakiness(test: TestCase, history: History): string {
  const known = history.tests.get(keyOf(test));
  const runs = test.attempts ? `passed at attempt ${test.attempts}` : 'passed at a further attempt';
  return known && known.flaky > 0 ? `${runs}; flaky in ${known.flaky} of ${known.runs} earlier runs` : runs;
}

function excuse({ test, entry, expired }: Quarantined): Told {
  const until = expired ? `its quarantine ended on ${entry.expires}` : `until ${entry.expires}`;
  return { test, note: `${entry.owner}: ${entry.reason} (${until})` };
}
