import { plain } from './plain.js';

/**
 * GitHub-flavoured Markdown from values that may come from anyone. Every function escapes what it is given, so
 * that a test's name or a branch cannot add a link, an image, a mention or HTML to a summary or a comment.
 */

/** Text that shows as it is: HTML and Markdown marks escaped, mentions and issue links broken, one line. */
export function text(value: string): string {
  return (
    unlinked(oneLine(value))
      .replace(/[\\`*_{}[\]()#+!|~>-]/g, '\\$&')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      // `$…$` is mathematics; a backslash does not keep it from being so outside of a formula.
      .replaceAll('$', '&#36;')
      // At a line's start these make a numbered list and the line below a heading.
      .replace(/^( ?\d+)\./, '$1\\.')
      .replace(/^( ?)=/, '$1\\=')
  );
}

/**
 * Inline code on one line. Back-ticks within are kept by a longer fence. With a pipe it is written as HTML, since
 * parsers do not agree on what ends a table's cell after a run of backslashes.
 */
export function code(value: string): string {
  const inner = oneLine(value);
  if (inner.includes('|')) return `<code>${html(inner)}</code>`;
  const fence = '`'.repeat(longestRun(inner) + 1);
  const pad = inner.startsWith('`') || inner.endsWith('`') || inner === '' ? ' ' : '';
  return `${fence}${pad}${inner}${pad}${fence}`;
}

/** A fenced block; the fence is longer than any run of back-ticks in the text. */
export function codeBlock(value: string, language = ''): string {
  const inner = plain(value).trimEnd();
  const fence = '`'.repeat(Math.max(3, longestRun(inner) + 1));
  return `${fence}${language.replace(/[^\w+-]/g, '')}\n${inner}\n${fence}`;
}

/** A table of cells that are Markdown already (made with the functions here). */
export function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((c) => c.replace(/\r\n?|\n/g, '<br>')).join(' | ')} |`;
  return [line(headers), line(headers.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A folded part: `summary` is plain text, `body` is Markdown already. */
export function details(summary: string, body: string): string {
  // On one line: a blank line would end the HTML, and what follows would be Markdown.
  return `<details><summary>${html(oneLine(summary))}</summary>\n\n${body}\n\n</details>`;
}

/** A link, or the bare text when the address is not http or https. */
export function link(label: string, url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'https:' && parsed?.protocol !== 'http:') return text(label);
  // A URL may hold `|`, back-ticks and backslashes as they are; here they would end a cell, begin code, undo the `>`.
  const address = parsed.href
    .replace(/[^\w\-.~:/?#[\]@!&'()*+,;=%]/g, encodeCharacter)
    .replaceAll('&', '&amp;');
  return `[${text(label)}](<${address}>)`;
}

export function heading(level: 1 | 2 | 3 | 4 | 5 | 6, value: string): string {
  return `${'#'.repeat(level)} ${text(value)}`;
}

function oneLine(value: string): string {
  return plain(value).replace(/\s+/g, ' ');
}

/**
 * Breaks, with a zero-width space, what GitHub makes links of in rendered text, where a backslash no longer counts:
 * mentions and e-mail addresses, issues (`#1`, `GH-1`), and bare addresses.
 * Source: docs.github.com, "Autolinked references and URLs"; GFM specification, 6.9 Autolinks (extension).
 */
function unlinked(value: string): string {
  return value
    .replace(/@(?=\w)/g, '@\u200b')
    .replace(/#(?=\d)/g, '#\u200b')
    .replace(/\bGH-(?=\d)/gi, '$&\u200b')
    .replaceAll('://', ':\u200b//')
    .replace(/www\./gi, (match) => `${match.slice(0, 3)}\u200b.`);
}

/** HTML text within which no Markdown is left: every mark of it becomes a character reference. */
function html(value: string): string {
  return unlinked(value)
    .replaceAll('&', '&amp;')
    .replace(/[<>"\\`*_{}[\]()|~$!]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

function encodeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function longestRun(value: string): number {
  let longest = 0;
  for (const [run] of value.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}
