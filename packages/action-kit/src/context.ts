import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { string, tree } from './tree.js';

/** A pull request, as the event that started the run tells of it. Its strings are its author's: hostile. */
export interface PullRequest {
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly author: string;
  readonly headSha: string;
  readonly headRef: string;
  readonly baseSha: string;
  readonly baseRef: string;
  /** It comes from another repository, or one that is gone: its token can only read. */
  readonly fromFork: boolean;
}

/** Where and for what this run is: the runner's GITHUB_* variables and the event's payload. */
export interface Context {
  /** `owner/repo` */
  readonly repository: string;
  readonly owner: string;
  readonly repo: string;
  /** The commit checked out; on a pull request that is its merge with the base. */
  readonly sha: string;
  /** The commit that statuses and checks belong to: the pull request's own, else {@link sha}. */
  readonly headSha: string;
  readonly ref: string;
  readonly refName: string;
  readonly refType: string;
  readonly headRef: string;
  readonly baseRef: string;
  readonly eventName: string;
  readonly event: unknown;
  readonly runId: number;
  readonly runNumber: number;
  readonly runAttempt: number;
  readonly runUrl: string;
  readonly job: string;
  readonly workflow: string;
  readonly actor: string;
  readonly serverUrl: string;
  readonly apiUrl: string;
  readonly workspace: string;
  /** A folder that the runner empties after the job. */
  readonly temp: string;
  /** Empty where the payload does not tell it. */
  readonly defaultBranch: string;
  readonly pullRequest?: PullRequest;
}

/** Reads the context. A payload that is missing or not JSON counts as an empty one: `schedule` runs have little in it. */
export function context(env: Readonly<NodeJS.ProcessEnv> = process.env): Context {
  const event = readEvent(env.GITHUB_EVENT_PATH);
  const repository = env.GITHUB_REPOSITORY ?? '';
  const [owner = '', repo = ''] = repository.split('/');
  const serverUrl = env.GITHUB_SERVER_URL || 'https://github.com';
  const runId = Number(env.GITHUB_RUN_ID) || 0;
  const sha = env.GITHUB_SHA ?? '';
  const pullRequest = pullRequestOf(event);
  return {
    repository,
    owner,
    repo,
    sha,
    headSha: pullRequest?.headSha || sha,
    ref: env.GITHUB_REF ?? '',
    refName: env.GITHUB_REF_NAME ?? '',
    refType: env.GITHUB_REF_TYPE ?? '',
    headRef: env.GITHUB_HEAD_REF ?? '',
    baseRef: env.GITHUB_BASE_REF ?? '',
    eventName: env.GITHUB_EVENT_NAME ?? '',
    event,
    runId,
    runNumber: Number(env.GITHUB_RUN_NUMBER) || 0,
    runAttempt: Number(env.GITHUB_RUN_ATTEMPT) || 1,
    runUrl: `${serverUrl}/${repository}/actions/runs/${runId}`,
    job: env.GITHUB_JOB ?? '',
    workflow: env.GITHUB_WORKFLOW ?? '',
    actor: env.GITHUB_ACTOR ?? '',
    serverUrl,
    apiUrl: env.GITHUB_API_URL || 'https://api.github.com',
    workspace: env.GITHUB_WORKSPACE || process.cwd(),
    temp: env.RUNNER_TEMP || tmpdir(),
    defaultBranch: string(tree(tree(event).repository).default_branch),
    ...(pullRequest && { pullRequest }),
  };
}

function readEvent(path: string | undefined): unknown {
  if (!path) return {};
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}

function pullRequestOf(event: unknown): PullRequest | undefined {
  const found = tree(tree(event).pull_request);
  if (typeof found.number !== 'number') return undefined;
  const head = tree(found.head);
  const base = tree(found.base);
  const headRepository = string(tree(head.repo).full_name);
  return {
    number: found.number,
    title: string(found.title),
    url: string(found.html_url),
    author: string(tree(found.user).login),
    headSha: string(head.sha),
    headRef: string(head.ref),
    baseSha: string(base.sha),
    baseRef: string(base.ref),
    fromFork: headRepository === '' || headRepository !== string(tree(base.repo).full_name),
  };
}
