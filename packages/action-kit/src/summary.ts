import { appendFile, stat } from 'node:fs/promises';
import { messageOf } from './failure.js';
import { warning } from './log.js';
import { text as markdown } from './markdown.js';

/** A part of a summary or a comment that is shown whole or left out whole. */
export interface Section {
  /** Plain text, named in the note about what was left out. */
  readonly title?: string;
  /** Markdown. */
  readonly body: string;
  /** The lowest is left out first. */
  readonly priority: number;
}

/** What the runner accepts from one step. Source: GitHub docs, "Adding a job summary": 1 MiB a step. */
export const SUMMARY_BYTES = 1024 * 1024;

/** What GitHub accepts as the text of a comment or a check run, in characters. */
export const COMMENT_CHARACTERS = 65_535;

/** So many titles are named in the note; of more there is only the number. */
const NAMED = 10;

/**
 * Joins the sections, in their order, within `maxBytes` of UTF-8. Where they do not fit, whole sections go, the
 * lowest priority first (of two alike the later one), so that what stays is never cut in mid-table; a closing line
 * names what went. `text` is empty only when not even that line fits.
 */
export function fitSections(
  sections: readonly Section[],
  maxBytes: number,
): { readonly text: string; readonly dropped: string[] } {
  const parts = sections.map((section, index) => {
    const body = section.body.trimEnd();
    return { section, index, body, bytes: Buffer.byteLength(body) + 2, stays: true };
  });
  const named = () =>
    parts.filter(({ stays }) => !stays).map(({ section, index }) => section.title ?? `section ${index + 1}`);
  const text = () => {
    const bodies = parts.filter(({ stays, body }) => stays && body !== '').map(({ body }) => body);
    return `${[...bodies, ...note(named())].join('\n\n')}\n`;
  };
  const leaving = parts.toSorted((a, b) => a.section.priority - b.section.priority || b.index - a.index);
  let bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  for (;;) {
    // Joining is worth it only once the bodies alone can fit: there may be thousands of them.
    if (bytes <= maxBytes + 2) {
      const fitting = text();
      if (Buffer.byteLength(fitting) <= maxBytes) return { text: fitting, dropped: named() };
    }
    const next = leaving.shift();
    if (next === undefined) return { text: '', dropped: named() };
    next.stays = false;
    bytes -= next.bytes;
  }
}

function note(dropped: readonly string[]): string[] {
  if (dropped.length === 0) return [];
  const more = dropped.length > NAMED ? ` and ${dropped.length - NAMED} more` : '';
  return [
    `_Left out to stay within GitHub's limit: ${dropped.slice(0, NAMED).map(markdown).join(', ')}${more}._`,
  ];
}

/**
 * Appends to the job summary, within what the step has left of the runner's limit. Where there is none (an old runner,
 * a local run) the text is not lost: nothing needs it. A summary that cannot be written is a warning, since the work
 * that it tells of is done.
 */
export async function writeSummary(content: string | readonly Section[]): Promise<void> {
  const path = process.env.GITHUB_STEP_SUMMARY;
  if (!path) return;
  const sections =
    typeof content === 'string' ? [{ body: content, priority: 0, title: 'the summary' }] : content;
  const { text, dropped } = fitSections(sections, SUMMARY_BYTES - (await bytesIn(path)));
  if (dropped.length > 0) {
    const more = dropped.length > NAMED ? ` and ${dropped.length - NAMED} more` : '';
    warning(`The job summary was too large; left out: ${dropped.slice(0, NAMED).join(', ')}${more}.`);
  }
  try {
    await appendFile(path, text);
  } catch (cause) {
    warning(`The job summary could not be written: ${messageOf(cause)}`);
  }
}

async function bytesIn(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
