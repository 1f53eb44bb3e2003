import { ActionError, messageOf, notice } from '@fairway/action-kit';

/** The HTTP status of a refused request, or undefined for any other error. */
export function statusOf(error: unknown): number | undefined {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** GitHub answers 403, or 429, also to a token that may but that asks too often. */
function isRateLimit(error: unknown): boolean {
  return statusOf(error) === 429 || (statusOf(error) === 403 && /rate limit/i.test(messageOf(error)));
}

/**
 * Runs a part that only tells (a comment, a check), and goes on without it where the token may not: the token of a
 * pull request from a fork or from Dependabot can only read. Gives undefined then, and a notice says what was left
 * out. Anything else that GitHub answers is thrown, with a remedy.
 * @param permission what to grant, as written in a workflow: `pull-requests: write`
 */
export async function unlessDenied<T>(
  what: string,
  permission: string,
  part: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await part();
  } catch (error) {
    const status = statusOf(error);
    // GitHub answers 404 rather than 403 where a token may not even know that something is there.
    if ((status === 401 || status === 403 || status === 404) && !isRateLimit(error)) {
      notice(
        `${what} was left out: GitHub answered ${status} (${messageOf(error).split('\n')[0]}). ` +
          `Where this job should write it, add '${permission}' to its 'permissions:'. ` +
          'On pull requests from forks and from Dependabot the token can only read.',
      );
      return undefined;
    }
    if (error instanceof ActionError) throw error;
    throw new ActionError('github-api', `${what} failed: ${messageOf(error)}`, {
      remedy: isRateLimit(error)
        ? 'Run the job again in some minutes. Where it happens often, let fewer jobs report at the same time.'
        : 'Run the job again. If it fails the same way, see https://www.githubstatus.com, and report this message.',
      cause: error,
    });
  }
}
