import { md, type Section } from '@fairway/action-kit';
import { oneLine } from './line.js';
import type { RosterEntry, Story } from './story.js';

/** Told one by one; of what is beyond only how many. */
const SHOWN = 50;

/**
 * The tests that came and went since the run that is compared with: by name where both runs are known by name, else by
 * the number of each file. A test that went is told before one that came: nobody looks for it.
 */
export function rosterSections({ added, missing, fewer = [] }: Story): Section[] {
  return [
    ...(missing === undefined || missing.length === 0
      ? []
      : [
          {
            title: 'missing tests',
            priority: 58,
            body: listed('Missing: they ran before, and are not there now', missing),
          },
        ]),
    ...fewerSection(fewer),
    ...(added === undefined || added.length === 0
      ? []
      : [{ title: 'new tests', priority: 25, body: md.details(`${added.length} new`, lines(added)) }]),
  ];
}

function listed(title: string, entries: readonly RosterEntry[]): string {
  return `### ${md.text(title)}\n\n${lines(entries)}`;
}

function lines(entries: readonly RosterEntry[]): string {
  const rows = entries
    .slice(0, SHOWN)
    .map(({ file, name }) => `- ${md.text(oneLine(name))} ${md.code(oneLine(file))}`);
  const left = entries.length - SHOWN;
  return [...rows, ...(left > 0 ? [`- and ${left} more`] : [])].join('\n');
}

function fewerSection(fewer: NonNullable<Story['fewer']>): Section[] {
  if (fewer.length === 0) return [];
  const rows = fewer
    .slice(0, 30)
    .map(({ file, before, now }) => [md.code(file), `${before}`, now === 0 ? 'none' : `${now}`]);
  const body = `### Fewer tests than before\n\n${md.table(['file', 'before', 'now'], rows)}`;
  return [{ title: 'files with fewer tests', priority: 55, body }];
}
