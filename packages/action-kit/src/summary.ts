import { appendFile } from 'node:fs/promises';
import { warning } from './log.js';

/** A part of a summary or a comment that is shown whole or left out whole. */
export interface Section {
  /** Named in the note about what was left out. */
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

/**
 * Joins the sections, in their order, within `maxBytes` of UTF-8. Where they do not fit, whole sections go, the
 * lowest priority first (of two alike the later one), so that what stays is never cut in mid-table; a closing line
 * names what went. `text` is empty only when not even that line fits.
 */
export function fitSections(
  sections: readonly Section[],
  maxBytes: number,
): { readonly text: string; readonly dropped: string[] } {
  const order = sections.map((section, index) => ({ section, index }));
  const leaving = order.toSorted((a, b) => a.section.priority - b.section.priority || b.index - a.index);
  const out = new Set<number>();
  for (;;) {
    const dropped = order
      .filter(({ index }) => out.has(index))
      .map(({ section, index }) => section.title ?? `section ${index + 1}`);
    const note =
      dropped.length === 0 ? [] : [`_Left out to stay within GitHub's limit: ${dropped.join(', ')}._`];
    const bodies = order.filter(({ index }) => !out.has(index)).map(({ section }) => section.body.trimEnd());
    const text = `${[...bodies, ...note].join('\n\n')}\n`;
    if (Buffer.byteLength(text) <= maxBytes) return { text, dropped };
    const next = leaving.shift();
    if (next === undefined) return { text: '', dropped };
    out.add(next.index);
  }
}

/** Appends to the job summary. Where there is none (an old runner, a local run) the text is not lost: nothing needs it. */
export async function writeSummary(content: string | readonly Section[]): Promise<void> {
  const path = process.env.GITHUB_STEP_SUMMARY;
  if (!path) return;
  const sections =
    typeof content === 'string' ? [{ body: content, priority: 0, title: 'the summary' }] : content;
  const { text, dropped } = fitSections(sections, SUMMARY_BYTES);
  if (dropped.length > 0) warning(`The job summary was too large; left out: ${dropped.join(', ')}.`);
  await appendFile(path, text);
}
