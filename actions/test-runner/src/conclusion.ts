import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ActionError, context, group } from '@fairway/action-kit';
import { ctrfOf, mergeResults, type RunRecord, type Story } from '@fairway/reports';
import { mergeCoverage, patchCoverage, percent, totalCoverage } from '@fairway/reports/coverage';
import { annotate, summarise, summariseShard } from './announce.js';
import { upload } from './artifacts.js';
import { ratchetOf, recallBoth } from './base.js';
import { readChanges } from './changes.js';
import { remember } from './history.js';
import type { Inputs } from './inputs.js';
import { judge, type Measured, missingShards, type Verdict } from './judge.js';
import { keep } from './memory.js';
import { type Outputs, writeChange, writeFigures } from './outputs.js';
import { readQuarantine } from './quarantine.js';
import { rosterChange } from './roster.js';
import { storyOf } from './story.js';
import type { Subject } from './subject.js';

type Patch = ReturnType<typeof patchCoverage>;

/** Judges a whole run, tells it everywhere it is to be told, keeps its timings, and is red when the verdict is. */
export async function conclude(
  inputs: Inputs,
  outputs: Outputs,
  records: readonly RunRecord[],
  subject: Subject,
): Promise<void> {
  const whole = mergeRecords(records);
  const patch = await patchOf(inputs, whole, subject);
  const measured: Measured = {
    total: percent(totalCoverage(whole.coverage)),
    patch:
      patch === undefined
        ? undefined
        : patch.lines === 0 && whole.coverage.size > 0
          ? 'none'
          : percent(patch),
  };
  const { history, base } = await group('History', () => recallBoth(inputs));
  const ratchet = ratchetOf(inputs, base);
  const standards = { ...(await standardsOf(inputs)), ratchet, partial: false };
  const verdict = judge(records, whole, measured, standards, missingShards(records));
  writeFigures(outputs, whole, measured, verdict);
  // Of a run that broke nobody knows which tests it would have had.
  const change = isWholeRun(verdict) ? rosterChange(base.roster, whole.results) : undefined;
  writeChange(outputs, change);
  const story = storyOf({ verdict, whole, records, measured, patch, history, base, change, subject });
  annotate(verdict);
  await summarise(story);
  outputs.set('report-path', await attach(inputs, story));
  await publish(inputs, story, verdict, subject);
  const { sha } = subject;
  // What a fork's tests say must not become the history of the branch that this half runs on.
  if (!subject.foreign)
    await keep(
      inputs,
      remember(history, whole, { sha, at: Date.now(), coverage: measured.total, result: verdict.result }),
    );
  finish(verdict, whole);
}

/** A shard is red when a test in it is; what counts for the whole is judged where the whole is known. */
export async function concludeShard(inputs: Inputs, outputs: Outputs, record: RunRecord): Promise<void> {
  const standards = { ...(await standardsOf(inputs)), ratchet: undefined, partial: true };
  const measured: Measured = { total: percent(totalCoverage(record.coverage)), patch: 'none' };
  const verdict = judge([record], record, measured, standards, []);
  writeFigures(outputs, record, measured, verdict);
  annotate(verdict);
  await summariseShard(record, verdict);
  finish(verdict, record);
}

function isWholeRun({ result }: Verdict): boolean {
  return result === 'passed' || result === 'failed';
}

async function standardsOf(inputs: Inputs) {
  const { quarantine: path, minimumCoverage, minimumPatchCoverage } = inputs;
  const quarantine =
    path === undefined ? [] : await readQuarantine(path, relative(context().workspace, path));
  return { quarantine, today: new Date().toISOString().slice(0, 10), minimumCoverage, minimumPatchCoverage };
}

async function patchOf(inputs: Inputs, whole: RunRecord, subject: Subject): Promise<Patch | undefined> {
  if (whole.coverage.size === 0) return undefined;
  const changes = await readChanges(inputs, subject);
  return changes && patchCoverage(whole.coverage, changes);
}

function mergeRecords(records: readonly RunRecord[]): RunRecord {
  const [first] = records;
  if (first === undefined) throw new Error('There is nothing to merge.');
  if (records.length === 1) return first;
  const startedAt = Math.min(...records.map((record) => record.startedAt));
  return {
    ...first,
    shard: '',
    // A shard's own selection is nothing to paste, unless it is its red tests.
    command: records.find(({ results }) => results.totals.failed + results.totals.errored > 0)?.command ?? '',
    startedAt,
    wallMs: Math.max(...records.map((record) => record.startedAt + record.wallMs)) - startedAt,
    attempts: records.flatMap(({ attempts }) => attempts),
    results: mergeResults(records.map(({ results }) => results)),
    coverage: mergeCoverage(records.map(({ coverage }) => coverage)),
  };
}

/** The page and the CTRF file, on disk and as an artifact; gives the page's path. */
async function attach(inputs: Inputs, story: Story): Promise<string> {
  const { pageOf } = await import('@fairway/reports/page');
  const name = `${inputs.artifactName}-report`;
  const folder = join(context().temp, 'fairway-tests', name);
  await mkdir(folder, { recursive: true });
  const page = join(folder, 'test-report.html');
  const ctrf = join(folder, 'ctrf.json');
  await writeFile(page, pageOf(story));
  await writeFile(ctrf, ctrfOf(story));
  if (inputs.upload) await upload(name, [page, ctrf], folder);
  return page;
}

async function publish(inputs: Inputs, story: Story, verdict: Verdict, subject: Subject): Promise<void> {
  const comments = inputs.comment && subject.pull !== undefined;
  if (inputs.token === '' || !(comments || inputs.check)) return;
  const { comment, check } = await import('./publish.js');
  if (comments) await comment(inputs, story, subject);
  if (inputs.check) await check(inputs, story, verdict, subject);
}

function finish(verdict: Verdict, { command }: RunRecord): void {
  if (verdict.result === 'passed') return;
  const codes = { failed: 'tests-failed', empty: 'nothing-ran', error: 'tests-broken' } as const;
  const uncovered = verdict.result === 'failed' && verdict.red.length === 0;
  throw new ActionError(codes[verdict.result], verdict.reasons.join('\n'), {
    remedy: uncovered ? COVER : REMEDIES[verdict.result](command),
  });
}

/** No test is red: nothing that could be run again would show more. */
const COVER =
  'Add tests for what the job summary and the coverage report name, or lower the limit on purpose, in the workflow.';

const REMEDIES = {
  failed: (command: string) =>
    `Read the annotations and the job summary${command === '' ? '.' : `; on your machine it is  ${command}`}`,
  empty: () =>
    "Check 'working-directory' and 'framework'. A suite that is empty on purpose needs no test step: leave it out.",
  error: (command: string) =>
    `Read the end of the test output above: the test program itself broke${command === '' ? '.' : ` (${command}).`} A run that only needs longer gets  timeout: 60m`,
};
