import { formatDuration, md, type Section } from '@fairway/action-kit';
import type { TestCase } from '../model.js';
import { coverageSection } from './coverage.js';
import { limited, oneLine } from './line.js';
import { rosterSections } from './roster.js';
import type { Story, Told } from './story.js';

const MARKS = { passed: '✅', failed: '❌', empty: '⚠️', error: '💥' } as const;

/** Red tests told in full; those after them by one line each. */
const IN_FULL = 20;

/** A judged run in sections, what a reviewer wants first at the top; `fitSections` leaves out from the other end. */
export function sectionsOf(story: Story): Section[] {
  return [
    { title: 'the verdict', priority: 100, body: headOf(story) },
    ...redSections(story),
    ...toldSection('Quarantine that has expired: these count again', story.expired, story, 85),
    ...toldSection('Flaky: failed, then passed', story.flaky, story, 70),
    ...coverageSection(story),
    ...rosterSections(story),
    ...toldSection('Quarantined: red, and excused', story.quarantined, story, 50),
    ...shardSection(story),
    ...slowSections(story),
    ...skippedSection(story),
  ];
}

function headOf(story: Story): string {
  const { totals } = story.whole.results;
  const counts = [
    totals.tests === 1 ? '1 test' : `${totals.tests} tests`,
    `${totals.passed} passed`,
    ...(totals.failed > 0 ? [`**${totals.failed} failed**`] : []),
    ...(totals.errored > 0 ? [`**${totals.errored} errored**`] : []),
    ...(totals.skipped > 0 ? [`${totals.skipped} skipped`] : []),
    ...(totals.flaky > 0 ? [`${totals.flaky} flaky`] : []),
    ...(story.quarantined.length > 0 ? [`${story.quarantined.length} quarantined`] : []),
    formatDuration(story.whole.wallMs),
  ];
  return [
    `## ${MARKS[story.result]} ${md.text(story.title)}: ${story.result}`,
    counts.join(' · '),
    ...story.reasons.map((reason) => `- ${md.text(reason)}`),
    ...(story.before ? [comparison(story)] : []),
  ].join('\n\n');
}

function comparison(story: Story): string {
  const { before, whole, coverage } = story;
  if (!before) return '';
  const tests = whole.results.totals.tests - before.tests;
  const names =
    story.added === undefined || story.missing === undefined
      ? []
      : [`${story.added.length} new and ${story.missing.length} missing`];
  const parts = [
    tests === 0 ? 'as many tests' : `${signed(tests)} tests`,
    ...names,
    `${formatDuration(whole.wallMs)} after ${formatDuration(before.wallMs)}`,
    ...(coverage?.total !== undefined && before.coverage !== undefined
      ? [`coverage ${signed(Number((coverage.total - before.coverage).toFixed(2)))} points`]
      : []),
  ];
  return `Against ${md.text(before.name)}: ${parts.join(', ')}.`;
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : `${value}`;
}

function redSections(story: Story): Section[] {
  const full = story.red.slice(0, IN_FULL).map(
    (told, index): Section => ({
      title: `red test ${index + 1}`,
      priority: 95 - index * 0.5,
      body: redTest(told, story),
    }),
  );
  const rest = story.red.slice(IN_FULL);
  if (rest.length === 0) return full;
  // Tables of fifty, so that a limit takes a part of the list and not all of it.
  const tables = Array.from({ length: Math.ceil(rest.length / 50) }, (_, page): Section => {
    const part = rest.slice(page * 50, (page + 1) * 50);
    const first = IN_FULL + page * 50 + 1;
    const body = part
      .map(({ test }) => `- ${where(test, story)} ${md.text(oneLine(test.failure?.message ?? ''))}`)
      .join('\n');
    const title = `red tests ${first} to ${first + part.length - 1}`;
    return { title, priority: 80 - page / 100, body: md.details(title, body) };
  });
  return [...full, ...tables];
}

function redTest({ test, note }: Told, story: Story): string {
  const failure = test.failure;
  const details =
    failure && failure.details !== '' && failure.details !== failure.message ? failure.details : '';
  return [
    `### ${where(test, story)}`,
    [note, test.attempts ? `red in ${test.attempts} attempts` : ''].filter(Boolean).map(md.text).join(' · '),
    failure && failure.message !== '' ? md.codeBlock(limited(failure.message, 1_500), 'diff') : '',
    details === '' ? '' : md.details('Details', md.codeBlock(limited(details, 6_000))),
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** The test's name, with a link to its line. */
function where(test: TestCase, story: Story): string {
  const location = test.failure?.location;
  const url = location ? story.sourceUrl(location) : '';
  const title = [test.suite === test.file ? '' : test.suite, test.name].filter(Boolean).join(' › ');
  if (!location) return md.text(oneLine(title));
  const place = `${location.file}:${location.line}`;
  return `${md.text(oneLine(title))} ${url === '' ? md.code(place) : md.link(place, url)}`;
}

function toldSection(title: string, told: readonly Told[], story: Story, priority: number): Section[] {
  if (told.length === 0) return [];
  const lines = told
    .slice(0, 50)
    .map(({ test, note }) => `- ${where(test, story)}${note === '' ? '' : ` — ${md.text(note)}`}`);
  const more = told.length > 50 ? `\n- and ${told.length - 50} more` : '';
  return [{ title, priority, body: `### ${md.text(title)}\n\n${lines.join('\n')}${more}` }];
}

function shardSection({ shards }: Story): Section[] {
  if (shards.length < 2) return [];
  const longest = Math.max(...shards.map(({ wallMs }) => wallMs), 1);
  const rows = shards.map(({ shard, results: { totals }, wallMs }) => [
    md.text(shard),
    `${totals.tests}`,
    `${totals.failed + totals.errored}`,
    formatDuration(wallMs),
    '█'.repeat(Math.max(1, Math.round((wallMs / longest) * 20))),
  ]);
  return [
    {
      title: 'shards',
      priority: 30,
      body: md.details(`${shards.length} shards`, md.table(['shard', 'tests', 'red', 'time', ''], rows)),
    },
  ];
}

function slowSections({ whole }: Story): Section[] {
  const slow = whole.results.slowest.filter(({ durationMs }) => durationMs >= 100).slice(0, 10);
  if (slow.length === 0) return [];
  const rows = slow.map((test) => [
    formatDuration(test.durationMs),
    md.text(oneLine(`${test.suite} › ${test.name}`)),
  ]);
  return [
    {
      title: 'the slowest tests',
      priority: 20,
      body: md.details(`The ${slow.length} slowest tests`, md.table(['time', 'test'], rows)),
    },
  ];
}

function skippedSection({ whole }: Story): Section[] {
  const skipped = whole.results.others.filter(({ status }) => status === 'skipped').slice(0, 50);
  if (skipped.length === 0) return [];
  const lines = skipped.map(
    (test) =>
      `- ${md.text(oneLine(`${test.suite} › ${test.name}`))}${test.reason ? ` — ${md.text(oneLine(test.reason))}` : ''}`,
  );
  return [
    {
      title: 'skipped tests',
      priority: 10,
      body: md.details(`${whole.results.totals.skipped} skipped`, lines.join('\n')),
    },
  ];
}
