import { COMMENT_CHARACTERS } from '@fairway/action-kit';
import type { GitHub } from './open.js';

/** Who may push here, in GitHub's words; a personal access token comments as one of them. */
const TRUSTED: ReadonlySet<string> = new Set(['OWNER', 'MEMBER', 'COLLABORATOR']);

export interface Issue {
  readonly owner: string;
  readonly repo: string;
  /** Of the issue or pull request. */
  readonly number: number;
}

/**
 * Keeps one comment up to date on an issue or pull request, found again by a marker that does not show. Of two runs
 * that find none at the same time, the later comment is taken back and the earlier one brought up to date.
 * @param marker a word of letters, digits, `-`, `_`, `.`, `:` and `/`, unique to what is told
 * @param body Markdown, at most 65,535 characters with the marker; fit it with `fitSections` first
 */
export async function upsertComment(
  github: GitHub,
  issue: Issue,
  marker: string,
  body: string,
): Promise<{ readonly id: number; readonly url: string; readonly created: boolean }> {
  const tag = `<!-- fairway:${marker.replace(/[^\w.:/-]/g, '-')} -->`;
  const text = `${tag}\n${body}`.slice(0, COMMENT_CHARACTERS).toWellFormed();
  const where = { owner: issue.owner, repo: issue.repo };
  const update = async (id: number) => {
    const { data } = await github.rest.issues.updateComment({ ...where, comment_id: id, body: text });
    return { id, url: data.html_url, created: false };
  };
  const found = await findComment(github, issue, tag);
  if (found !== undefined) return update(found);
  const { data } = await github.rest.issues.createComment({
    ...where,
    issue_number: issue.number,
    body: text,
  });
  const oldest = await findComment(github, issue, tag);
  if (oldest === undefined || oldest === data.id) return { id: data.id, url: data.html_url, created: true };
  await github.rest.issues.deleteComment({ ...where, comment_id: data.id });
  return update(oldest);
}

async function findComment(github: GitHub, issue: Issue, tag: string): Promise<number | undefined> {
  const pages = github.paginate.iterator(github.rest.issues.listComments, {
    owner: issue.owner,
    repo: issue.repo,
    issue_number: issue.number,
    per_page: 100,
  });
  for await (const { data } of pages) {
    // Ours begins with the marker, and who wrote it may write here: a stranger's copy of it is not taken over.
    const mine = data.find(
      (comment) =>
        comment.body?.startsWith(tag) &&
        (comment.user?.type === 'Bot' || TRUSTED.has(comment.author_association)),
    );
    if (mine) return mine.id;
  }
  return undefined;
}
