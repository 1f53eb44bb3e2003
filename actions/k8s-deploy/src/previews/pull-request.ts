import { ActionError, type Context, debug, messageOf } from '@fairway/action-kit';
import { at, string } from '@fairway/action-kit/tree';
import type { Site } from '../site.js';

/** What GitHub says of a pull request now. */
export interface PullRequestNow {
  readonly state: 'open' | 'closed' | 'unknown';
  /** Its newest commit; empty where it is not known. */
  readonly headSha: string;
  /** Milliseconds since 1970 at which it last changed; NaN where it is not known. */
  readonly changedMs: number;
}

const UNKNOWN: PullRequestNow = { state: 'unknown', headSha: '', changedMs: Number.NaN };

/** @throws ActionError 'forbidden' when the token may not look at pull requests */
export async function lookUp(site: Site, number: number): Promise<PullRequestNow> {
  const { owner, repo } = site.run;
  const { openGitHub, statusOf } = await import('@fairway/github-kit');
  try {
    const { data } = await openGitHub(site.inputs.token).rest.pulls.get({ owner, repo, pull_number: number });
    return {
      state: data.state === 'closed' ? 'closed' : 'open',
      headSha: data.head.sha,
      changedMs: Date.parse(data.updated_at),
    };
  } catch (error) {
    if (statusOf(error) === 404) return UNKNOWN;
    if (statusOf(error) !== 403 && statusOf(error) !== 401) throw error;
    throw new ActionError(
      'forbidden',
      'The token may not look at pull requests, so that nobody knows which previews to keep.',
      {
        remedy: "Add 'pull-requests: write' (for the comment too) under 'permissions:' of the job.",
        cause: error,
      },
    );
  }
}

/**
 * What has come to the pull request since the event of this run, which may have waited for long, or be run again. Pure.
 * An answer that is older than the event, from a replica that lags behind, is no news.
 */
export function newsSince(
  { event, headSha }: Pick<Context, 'event' | 'headSha'>,
  now: PullRequestNow,
): 'closed' | 'newer-commit' | undefined {
  if (now.changedMs < Date.parse(string(at(event, 'pull_request', 'updated_at')))) return undefined;
  if (now.state === 'closed') return 'closed';
  return now.headSha !== '' && now.headSha !== headSha ? 'newer-commit' : undefined;
}

/** As {@link newsSince}, asked of GitHub; where it does not tell, the run goes on as if nothing had come. */
export async function askForNews(site: Site, number: number): Promise<ReturnType<typeof newsSince>> {
  try {
    return newsSince(site.run, await lookUp(site, number));
  } catch (error) {
    debug(`Whether pull request ${number} has changed is not known: ${messageOf(error)}`);
    return undefined;
  }
}
