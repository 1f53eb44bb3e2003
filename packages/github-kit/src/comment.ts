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
 * Keeps one comment up to date on an issue or pull request, found again by a marker that does not show. Of several
 * with the marker (two runs at once) the oldest is kept up to date.
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
  const text = `${tag}\n${body}`.slice(0, COMMENT_CHARACTERS);
  const where = { owner: issue.owner, repo: issue.repo };
  const found = await findComment(github, issue, tag);
  const { data } =
    found === undefined
      ? await github.rest.issues.createComment({ ...where, issue_number: issue.number, body: text })
      : await github.rest.issues.updateComment({ ...where, comment_id: found, body: text });
  return { id: data.id, url: data.html_url, created: found === undefined };
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
