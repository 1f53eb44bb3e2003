import { getIDToken } from '@actions/core';
import { ActionError, messageOf } from './failure.js';

/**
 * An identity token of this job for the given audience, masked.
 * @throws ActionError 'no-identity' where the job may not have one.
 */
export async function idToken(audience: string): Promise<string> {
  if (!process.env.ACTIONS_ID_TOKEN_REQUEST_URL) {
    throw new ActionError('no-identity', 'This job may not ask GitHub for an identity token (OIDC).', {
      remedy:
        "Add 'id-token: write' under the job's 'permissions:', and under those of the job that calls this workflow.",
    });
  }
  try {
    return await getIDToken(audience); // which masks it
  } catch (cause) {
    throw new ActionError('no-identity', `GitHub gave this job no identity token: ${messageOf(cause)}`, {
      remedy: 'Run the job again. If it stays, see https://www.githubstatus.com.',
      cause,
    });
  }
}
