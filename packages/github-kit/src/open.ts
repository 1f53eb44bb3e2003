import { getOctokitOptions, GitHub as Octokit } from '@actions/github/lib/utils';
import { ActionError, context, info } from '@fairway/action-kit';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';

const Client = Octokit.plugin(retry, throttling);

/** GitHub's REST API with retries of transient failures and respect for rate limits. */
export type GitHub = InstanceType<typeof Client>;

/** How often a request that met a rate limit is tried again. */
const RATE_LIMIT_RETRIES = 2;

/** Seconds. The hourly limit may ask for a whole hour, which the job would sit out, and pay for; it fails instead. */
const LONGEST_WAIT = 120;

/**
 * Opens the API of the server that this run is on.
 * @throws ActionError 'no-token' when the token is empty
 */
export function openGitHub(token: string): GitHub {
  if (token === '') {
    throw new ActionError('no-token', 'There is no GitHub token to call the API with.', {
      remedy:
        "Leave out the input 'token' (its default is the job's own), or pass  token: ${{ github.token }}",
    });
  }
  const limited = (
    wait: number,
    request: { method: string; url: string },
    _: unknown,
    tries: number,
  ): boolean => {
    const again = tries < RATE_LIMIT_RETRIES && wait <= LONGEST_WAIT;
    const then = again ? `again in ${wait} s` : `not tried again (it asks for ${wait} s)`;
    info(`GitHub asks to slow down: ${request.method} ${request.url} ${then}.`);
    return again;
  };
  return new Client({
    ...getOctokitOptions(token, { baseUrl: context().apiUrl }),
    throttle: { onRateLimit: limited, onSecondaryRateLimit: limited },
    // 400, 401, 403, 404 and 422 are answers, not accidents: they are never retried.
    retry: { doNotRetry: [400, 401, 403, 404, 410, 422, 451] },
    log: { debug: () => undefined, info: () => undefined, warn: info, error: () => undefined },
  });
}
