import { messageOf, notice } from '@fairway/action-kit';
import type { Site } from './site.js';

/** The deployment as GitHub shows it; where it may not be written, nothing but a notice comes of it. */
export interface DeploymentRecord {
  end(state: 'success' | 'failure', description: string): Promise<void>;
}

const none: DeploymentRecord = { end: async () => undefined };

const DEPLOYMENT = ['The GitHub deployment', 'deployments: write'] as const;

/**
 * Opens a GitHub deployment for the input `environment`, and says that it is under way.
 * @param commit what is deployed: of an earlier revision, the commit that it was made of
 */
export async function openRecord(site: Site, commit: string): Promise<DeploymentRecord> {
  const { environment, environmentUrl, token, images } = site.inputs;
  if (environment === '' || token === '') return none;
  const { owner, repo, runUrl } = site.run;
  const { createDeployment, openGitHub, setDeploymentStatus } = await import('@fairway/github-kit');
  const github = openGitHub(token);
  const id = await softly(...DEPLOYMENT, () =>
    createDeployment(github, {
      owner,
      repo,
      ref: commit,
      environment,
      production: /^prod/i.test(environment),
      description: `${site.release} in ${site.namespace}`,
      payload: { images: Object.fromEntries(images.map(({ name, reference }) => [name, reference])) },
    }),
  );
  if (id === undefined) return none;
  const say = (state: 'in_progress' | 'success' | 'failure', description: string) =>
    softly(...DEPLOYMENT, () =>
      setDeploymentStatus(github, {
        owner,
        repo,
        id,
        state,
        description,
        logUrl: runUrl,
        ...(environmentUrl !== '' && { environmentUrl }),
      }),
    );
  await say('in_progress', `deploying ${site.release}`);
  return {
    end: async (state, description) => {
      await say(state, description.replace(/\s+/g, ' '));
    },
  };
}

/** Keeps one comment with the difference on the pull request up to date. */
export async function comment(site: Site, body: string): Promise<void> {
  const { pullRequest, owner, repo } = site.run;
  const { token } = site.inputs;
  if (!pullRequest || token === '' || !site.inputs.comment) return;
  const { openGitHub, upsertComment } = await import('@fairway/github-kit');
  const marker = `k8s-deploy:${site.namespace}/${site.release}`;
  await softly('The comment with the difference', 'pull-requests: write', () =>
    upsertComment(openGitHub(token), { owner, repo, number: pullRequest.number }, marker, body),
  );
}

/** A release does not fail because GitHub could not be told of it. */
export async function softly<T>(
  what: string,
  permission: string,
  call: () => Promise<T>,
): Promise<T | undefined> {
  const { unlessDenied } = await import('@fairway/github-kit');
  try {
    return await unlessDenied(what, permission, call);
  } catch (error) {
    notice(`GitHub was not told of this deployment: ${messageOf(error)}`, { title: 'Kubernetes deploy' });
    return undefined;
  }
}
