import { formatDuration } from '@fairway/action-kit';
import type { RunRecord } from './run-record.js';

const signs: Readonly<Record<string, string>> = { success: '✓', failure: '✗', skipped: '–', none: '?' };

/** A run for people: the jobs with results and times, what was built, where it runs, who was told. Pure. */
export function runReport(record: RunRecord): string {
  return [
    ...jobTable(record),
    '',
    ...places(record),
    '',
    'Told:',
    ...(record.notifications.length === 0 ? ['  nobody'] : record.notifications.map(notificationLine)),
    '',
    'Checked on the real thing:',
    ...record.assertions.map(({ claim, passed, instead }) =>
      passed
        ? `  ✓ ${claim}`
        : `  ✗ ${claim}\n      instead: ${(instead ?? '').replaceAll('\n', '\n      ')}`,
    ),
    '',
    `In the staged copy ${record.rewritten.length} lines \`uses: $/…\` name this repository in full, for act; nothing else differs.`,
    ...standIns(record),
    '',
  ].join('\n');
}

function jobTable(record: RunRecord): readonly string[] {
  const width = Math.max(...record.jobs.map((job) => job.name.length), 3);
  return [
    `  ${'Job'.padEnd(width)}    Result     Time`,
    ...record.jobs.map(
      (job) =>
        `${signs[job.result] ?? '?'} ${job.name.padEnd(width)}    ${job.result.padEnd(8)} ${time(job.seconds, job.result)}`,
    ),
    `  ${'the whole run'.padEnd(width)}             ${time(record.seconds, '')}`,
  ];
}

function time(seconds: number, result: string): string {
  return (result === 'skipped' ? '' : formatDuration(seconds * 1000)).padStart(7);
}

function places(record: RunRecord): readonly string[] {
  const { staging, production } = record.environments;
  const place = (name: string, { url, revision }: typeof staging) =>
    `${name.padEnd(11)} ${url ?? 'does not run'}${revision === null ? '' : `  (release ${revision})`}`;
  return [
    `Image       ${record.image?.reference ?? 'none was built'}`,
    place('Staging', staging),
    place('Production', production),
  ];
}

function notificationLine(notification: RunRecord['notifications'][number]): string {
  const sign = notification.status < 400 ? '✓' : '✗';
  return `  ${sign} ${notification.path.padEnd(10)} ${notification.status}  ${notification.says}`;
}

function standIns(record: RunRecord): readonly string[] {
  if (record.standIns.length === 0) return ['Every third-party action was fetched and ran itself.'];
  return [
    'These third-party actions could not be fetched and did not run; in their place:',
    ...record.standIns.map(
      ({ action, instead }) => `  ${action.replace(/@([0-9a-f]{7})[0-9a-f]{33}$/, '@$1')}: ${instead}`,
    ),
  ];
}
