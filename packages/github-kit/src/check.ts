import { COMMENT_CHARACTERS } from '@fairway/action-kit';
import type { GitHub } from './open.js';

export interface Annotation {
  /** Relative to the repository's root, with `/`. */
  readonly path: string;
  /** From 1. */
  readonly startLine: number;
  readonly endLine: number;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly title: string;
  readonly message: string;
}

export interface Check {
  readonly owner: string;
  readonly repo: string;
  readonly name: string;
  readonly headSha: string;
  readonly conclusion:
    | 'success'
    | 'failure'
    | 'neutral'
    | 'cancelled'
    | 'skipped'
    | 'timed_out'
    | 'action_required';
  readonly title: string;
  /** Markdown, cut at 65,535 characters; fit it first. */
  readonly summary: string;
  readonly detailsUrl?: string;
  readonly annotations: readonly Annotation[];
}

/** What GitHub takes in one request. Source: REST docs, "Create a check run", output.annotations. */
const BATCH = 50;

/** Creates a finished check run with all its annotations: those past the first fifty are added by updates. */
export async function createCheck(
  github: GitHub,
  check: Check,
): Promise<{ readonly id: number; readonly url: string }> {
  const where = { owner: check.owner, repo: check.repo };
  const output = { title: check.title.slice(0, 255), summary: check.summary.slice(0, COMMENT_CHARACTERS) };
  const batches = chunks(check.annotations.map(toApi), BATCH);
  const { data } = await github.rest.checks.create({
    ...where,
    name: check.name,
    head_sha: check.headSha,
    status: 'completed',
    conclusion: check.conclusion,
    ...(check.detailsUrl !== undefined && { details_url: check.detailsUrl }),
    output: { ...output, ...(batches[0] && { annotations: batches[0] }) },
  });
  for (const annotations of batches.slice(1)) {
    await github.rest.checks.update({ ...where, check_run_id: data.id, output: { ...output, annotations } });
  }
  return { id: data.id, url: data.html_url ?? '' };
}

function toApi(annotation: Annotation) {
  // One annotation that GitHub refuses would lose the whole check.
  const start = Math.max(1, Math.trunc(annotation.startLine) || 1);
  return {
    path: annotation.path,
    start_line: start,
    end_line: Math.max(start, Math.trunc(annotation.endLine) || 1),
    annotation_level: annotation.level,
    title: annotation.title.slice(0, 255).toWellFormed(),
    // GitHub's limit is 64 KB a message.
    message: (annotation.message.slice(0, 16_000) || annotation.title || 'No message.').toWellFormed(),
  };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
