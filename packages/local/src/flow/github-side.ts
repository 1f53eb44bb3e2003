import { artifactsOf, startGitHub, startOidc, startResults } from '@fairway/testing';
import type { ConsumerRepository, Push } from '../engine/consumer.js';

/** GitHub's side of the runs: its API, its OIDC issuer, its artifacts and caches, all on loopback. */
export interface GitHubSide {
  /** Lets a run begin; the variables that its steps get. */
  beginRun(push: Push): Readonly<Record<string, string>>;
  /** Requests since the last call that GitHub would have refused, a line each. */
  takeViolations(): readonly string[];
  close(): Promise<void>;
}

/**
 * Starts it for a repository. One for all pushes: timings that a run puts into the cache are there for the next.
 * @param token the one token that the API accepts
 */
export async function startGitHubSide(repository: ConsumerRepository, token: string): Promise<GitHubSide> {
  const { slug, branch } = repository;
  const ref = `refs/heads/${branch}`;
  const results = await startResults({ scopes: [{ scope: ref, permission: 3 }] });
  const oidc = await startOidc({ repository: slug, ref });
  const gitHub = await startGitHub({ repository: slug, defaultBranch: branch, token });
  let runs = 0;
  return {
    beginRun: (push) => {
      runs++;
      const run = String(1000 + runs);
      gitHub.state.refs.set(branch, push.after);
      gitHub.state.runs.push({
        id: Number(run),
        headSha: push.after,
        headBranch: branch,
        event: 'push',
        workflow: 'CI/CD',
        status: 'in_progress',
        conclusion: null,
        jobs: [],
        get artifacts() {
          return artifactsOf(results, run);
        },
      });
      return {
        ...gitHub.env,
        ...oidc.env,
        ...results.envFor({ run }),
        GITHUB_RUN_ID: run,
        GITHUB_RUN_NUMBER: String(runs),
      };
    },
    takeViolations: () =>
      gitHub.takeViolations().map(({ request, problems }) => `${request}: ${problems.join('; ')}`),
    close: async () => {
      await Promise.all([oidc.close(), results.close(), gitHub.close()]);
    },
  };
}
