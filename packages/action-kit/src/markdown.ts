/**
 * GitHub-flavoured Markdown from values that may come from anyone. Every function escapes what it is given, so
 * that a test's name or a branch cannot add a link, an image, a mention or HTML to a summary or a comment.
 */

/** Text that shows as it is: HTML and Markdown marks escaped, mentions and issue links broken, one line. */
export function text(value: string): string {
  return clean(value)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]()#+!|~>-]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/@(?=\w)/g, '@\u200b')
    .replace(/\b(https?):\/\//gi, '$1:\u200b//')
    .replace(/\bwww\./gi, (match) => `${match.slice(0, 3)}\u200b.`);
}

/** Inline code on one line; back-ticks within are kept by a longer fence. A pipe is escaped for tables. */
export function code(value: string): string {
  const inner = clean(value).replace(/\s+/g, ' ').replaceAll('|', '\\|');
  const fence = '`'.repeat(longestRun(inner) + 1);
  const pad = inner.startsWith('`') || inner.endsWith('`') || inner === '' ? ' ' : '';
  return `${fence}${pad}${inner}${pad}${fence}`;
}

/** A fenced block; the fence is longer than any run of back-ticks in the text. */
export function codeBlock(value: string, language = ''): string {
  const inner = clean(value).replace(/\s+$/, '');
  const fence = '`'.repeat(Math.max(3, longestRun(inner) + 1));
  return `${fence}${language.replace(/[^\w+-]/g, '')}\n${inner}\n${fence}`;
}

/** A table of cells that are Markdown already (made with the functions here). */
export function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((c) => c.replace(/\r?\n/g, '<br>')).join(' | ')} |`;
  return [line(headers), line(headers.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A folded part: `summary` is plain text, `body` is Markdown already. */
export function details(summary: string, body: string): string {
  return `<details><summary>${html(summary)}</summary>\n\n${body}\n\n</details>`;
}

/** A link, or the bare text when the address is not http or https. */
export function link(label: string, url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'https:' && parsed?.protocol !== 'http:') return text(label);
  return `[${text(label)}](<${parsed.href.replaceAll('>', '%3E').replaceAll('<', '%3C')}>)`;
}

export function heading(level: 1 | 2 | 3 | 4 | 5 | 6, value: string): string {
  return `${'#'.repeat(level)} ${text(value)}`;
}

function html(value: string): string {
  return clean(value)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/@(?=\w)/g, '@\u200b');
}

/** Without terminal colours and control characters, which no renderer shows and some choke on. */
function clean(value: string): string {
  return (
    value
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
      .replace(/\u001b\[[0-9;:?]*[ -/]*[@-~]/g, '')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '')
  );
}

function longestRun(value: string): number {
  return Math.max(0, ...(value.match(/`+/g) ?? []).map((run) => run.length));
}
