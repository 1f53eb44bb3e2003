import { md } from '@fairway/action-kit';
import type { AttributeChange, ResourceChange, Shown } from './change.js';
import { lineDiff } from './line-diff.js';

const LONGEST_VALUE = 200;
const MOST_LINES = 80;
const MOST_ATTRIBUTES = 100;

/** One changed thing with its attributes, as a diff that GitHub colours. */
export function changeBlock(change: ResourceChange): string {
  // What a new thing gets from its maker says nothing about the change: names are enough.
  const given = change.attributes.filter(
    ({ before, after }) => before.kind === 'absent' && after.kind === 'unknown',
  );
  const telling = change.attributes.filter((attribute) => !given.includes(attribute));
  const shown = telling.slice(0, MOST_ATTRIBUTES);
  const lines = shown.flatMap((attribute) => attributeLines(attribute));
  if (telling.length > shown.length) lines.push(`  … and ${telling.length - shown.length} more attributes`);
  if (given.length > 0)
    lines.push(`  known after apply: ${oneLine(given.map(({ path }) => path).join(', '))}`);
  return `${md.code(change.address)}\n${md.codeBlock(lines.join('\n'), 'diff')}`;
}

function attributeLines(attribute: AttributeChange): string[] {
  const { before, after } = attribute;
  const name = oneLine(attribute.path);
  const forces = attribute.forcesReplacement ? '  # forces replacement' : '';
  const long = multiline(before, after);
  if (long !== undefined) return [`! ${name}:${forces}`, ...long];
  const lines: string[] = [];
  if (before.kind !== 'absent') lines.push(`- ${name} = ${literal(before)}${forces}`);
  if (after.kind !== 'absent') lines.push(`+ ${name} = ${literal(after)}${forces}`);
  return lines;
}

/** A text of several lines as a diff of its own; of a new or removed one the first lines. */
function multiline(before: Shown, after: Shown): string[] | undefined {
  const texts = [before, after].map((side) => (side.kind === 'value' ? side.text : ''));
  const [old = '', next = ''] = texts;
  if (!texts.some((text) => text.trimEnd().includes('\n'))) return undefined;
  if (before.kind === 'sensitive' || after.kind === 'sensitive' || after.kind === 'unknown') return undefined;
  const lines =
    old !== '' && next !== ''
      ? lineDiff(old, next)
      : (old || next)
          .trimEnd()
          .split('\n')
          .map((line) => `${old === '' ? '+' : '-'} ${line}`);
  if (lines === undefined) return ['  (too long to compare line by line)'];
  const cut = lines.slice(0, MOST_LINES).map((line) => line.slice(0, LONGEST_VALUE * 2));
  return lines.length > MOST_LINES ? [...cut, `  … and ${lines.length - MOST_LINES} more lines`] : cut;
}

function literal(value: Shown): string {
  return value.kind === 'value' && value.quoted ? oneLine(JSON.stringify(value.text)) : shownText(value);
}

/** A value for one cell or line. */
export function shownText(value: Shown): string {
  if (value.kind === 'value') return oneLine(value.text);
  return { absent: '—', sensitive: '(sensitive)', unknown: '(known after apply)' }[value.kind];
}

function oneLine(value: string): string {
  const line = value.replace(/\s+/g, ' ');
  return line.length > LONGEST_VALUE ? `${line.slice(0, LONGEST_VALUE)}…` : line;
}
