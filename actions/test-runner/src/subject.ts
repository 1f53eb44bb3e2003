import { context, info, messageOf } from '@fairway/action-kit';
import { tree } from '@fairway/action-kit/tree';
import type { Inputs } from './inputs.js';

/** What is reported on: a run, its commit, and the pull request that it tested. */
export interface Subject {
  readonly runId: number;
  readonly runUrl: string;
  /** The commit that a check run belongs to and that links point at. */
  readonly sha: string;
  readonly pull?: { readonly number: number; readonly baseSha: string };
  /** It is another run than this one: its artifacts come through the API. */
  readonly foreign: boolean;
}

/**
 * This run, or, in a workflow that `workflow_run` started, the run that it follows. There the tests of a pull request
 * from a fork ran without any right to write; this half has the right and runs none of the fork's code. The commit
 * and the pull request come from GitHub alone, never from what the tests uploaded.
 */
export async function subjectOf(inputs: Inputs): Promise<Subject> {
  const { event, eventName, runId, runUrl, headSha, pullRequest, repository } = context();
  const followed = eventName === 'workflow_run' ? parseFollowed(event) : undefined;
  if (followed === undefined || inputs.mode !== 'report') {
    const pull = pullRequest && { number: pullRequest.number, baseSha: pullRequest.baseSha };
    return { runId, runUrl, sha: headSha, foreign: false, ...(pull && { pull }) };
  }
  const pull = followed.event.startsWith('pull_request') ? await findPull(inputs, followed) : undefined;
  return {
    runId: followed.id,
    runUrl: `${context().serverUrl}/${repository}/actions/runs/${followed.id}`,
    sha: followed.headSha,
    foreign: true,
    ...(pull && { pull }),
  };
}

interface Followed {
  readonly id: number;
  readonly event: string;
  readonly headSha: string;
  /** `owner:branch`, of the repository that the commit is from. */
  readonly head: string;
}

/** The part of a `workflow_run` payload that is needed; undefined where it is not one. */
export function parseFollowed(event: unknown): Followed | undefined {
  const run = tree(tree(event).workflow_run);
  const owner = tree(tree(run.head_repository).owner).login;
  const { id, event: started, head_sha: headSha, head_branch: branch } = run;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || typeof started !== 'string') return undefined;
  if (typeof headSha !== 'string' || !/^[0-9a-f]{40,64}$/.test(headSha)) return undefined;
  const head = typeof owner === 'string' && typeof branch === 'string' ? `${owner}:${branch}` : '';
  return { id, event: started, headSha, head };
}

/**
 * The open pull request of that branch whose newest commit is the one tested. The payload lists none for forks. One
 * that has moved on since is left alone: its next run will tell of it.
 */
async function findPull(inputs: Inputs, followed: Followed): Promise<Subject['pull']> {
  if (inputs.token === '' || followed.head === '') return undefined;
  try {
    const { openGitHub } = await import('@fairway/github-kit');
    const { owner, repo } = context();
    const github = openGitHub(inputs.token);
    const { data } = await github.rest.pulls.list({
      owner,
      repo,
      head: followed.head,
      state: 'open',
      per_page: 100,
    });
    const found = data.find(({ head }) => head.sha === followed.headSha);
    if (found) return { number: found.number, baseSha: found.base.sha };
    info(`No open pull request has the commit ${followed.headSha.slice(0, 7)} for its newest.`);
  } catch (error) {
    info(`The pull request of the run could not be looked up: ${messageOf(error)}`);
  }
  return undefined;
}
