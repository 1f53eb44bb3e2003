import { COMMENT_CHARACTERS, type Context, fitSections, type Section } from '@fairway/action-kit';
import { sectionsOf, type Verdict } from './verdict.js';

/** What GitHub is told, and with which token. */
export interface Telling {
  readonly token: string;
  readonly uploadSarif: boolean;
  /** Tells the comment of one scan from that of another; empty for no comment. */
  readonly comment: string;
  /** What the comment says beside the verdict. */
  readonly also?: readonly Section[];
}

/** Tells GitHub, as far as the token may: code scanning, and one comment that is kept up to date. */
export async function tell(telling: Telling, here: Context, verdict: Verdict, sarif: string): Promise<void> {
  const number = telling.comment === '' ? undefined : here.pullRequest?.number;
  if (telling.token === '' || !(telling.uploadSarif || number !== undefined)) return;
  const { openGitHub, unlessDenied, uploadSarif, upsertComment } = await import('@fairway/github-kit');
  const github = openGitHub(telling.token);
  const { owner, repo } = here;
  if (telling.uploadSarif) {
    const upload = { owner, repo, commitSha: here.sha, ref: here.ref, sarif };
    await unlessDenied('Code scanning', 'security-events: write', () => uploadSarif(github, upload));
  }
  if (number !== undefined) {
    const body = fitSections(
      [...sectionsOf(verdict), ...(telling.also ?? [])],
      COMMENT_CHARACTERS - 100,
    ).text;
    await unlessDenied('The comment', 'pull-requests: write', () =>
      upsertComment(github, { owner, repo, number }, telling.comment, body),
    );
  }
}
