import {
  error,
  formatDuration,
  info,
  md,
  notice,
  type Section,
  warning,
  writeSummary,
} from '@fairway/action-kit';
import { type RunRecord, type Story, sectionsOf, type TestCase } from '@fairway/reports';
import type { Verdict } from './judge.js';

/** GitHub shows ten errors and ten warnings of a step; one error is kept for the verdict itself. Source: docs, "Annotations limits". */
const SHOWN = 9;

/** Puts red tests at their lines in the changed files, and names flaky and expired ones. */
export function annotate(verdict: Verdict): void {
  for (const test of verdict.red.slice(0, SHOWN)) error(textOf(test), placeOf(test));
  if (verdict.red.length > SHOWN)
    info(`${verdict.red.length - SHOWN} more red tests are in the job summary.`);
  for (const { test, entry } of verdict.expired.slice(0, 3)) {
    warning(
      `The quarantine of '${nameOf(test)}' ended on ${entry.expires}; it counts again. Owner: ${entry.owner}`,
    );
  }
  for (const test of verdict.flaky.slice(0, 5)) {
    warning(`${nameOf(test)} failed, then passed at attempt ${test.attempts ?? 2}.`, {
      ...placeOf(test),
      title: 'Flaky test',
    });
  }
  if (verdict.quarantined.length > 0)
    notice(`${verdict.quarantined.length} red tests are excused by the quarantine file.`);
}

function placeOf(test: TestCase) {
  const location = test.failure?.location;
  const title = nameOf(test).slice(0, 200);
  return location ? { title, file: location.file, startLine: location.line } : { title };
}

function textOf(test: TestCase): string {
  const { message = '', details = '' } = test.failure ?? {};
  const said = details.slice(0, message.length + 200).includes(message);
  const text = said ? details : `${message}\n${details}`;
  return text.trim().slice(0, 4_000) || 'This test is red, and its report does not say why.';
}

export function nameOf(test: TestCase): string {
  return [test.suite === test.file ? '' : test.suite, test.name].filter(Boolean).join(' › ');
}

export function summarise(story: Story): Promise<void> {
  return writeSummary(sectionsOf(story));
}

/** A shard's summary is short: the report has everything. */
export function summariseShard(record: RunRecord, verdict: Verdict): Promise<void> {
  const { totals } = record.results;
  const red = verdict.red.slice(0, 20).map((test) => `- ${md.text(nameOf(test))}`);
  const head = `**Shard ${md.text(record.shard)}: ${verdict.result}** · ${totals.tests} tests, ${verdict.red.length} red, ${totals.flaky} flaky, ${formatDuration(record.wallMs)}`;
  const sections: Section[] = [{ title: 'the shard', priority: 2, body: head }];
  if (red.length > 0) sections.push({ title: 'its red tests', priority: 1, body: red.join('\n') });
  return writeSummary(sections);
}
