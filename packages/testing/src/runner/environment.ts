import { arch, platform } from 'node:os';
import { join } from 'node:path';
import type { CommandFiles, StepFolders } from './step-folders.js';

/** What the run is about: the `github` context, as far as actions see it in their environment. */
export interface RunFacts {
  /** `owner/name`. */
  readonly repository: string;
  readonly sha: string;
  /** `refs/heads/main`, `refs/tags/v1`, `refs/pull/7/merge`. */
  readonly ref: string;
  readonly headRef: string;
  readonly baseRef: string;
  readonly actor: string;
  readonly workflow: string;
  readonly job: string;
  readonly runId: number;
  readonly runNumber: number;
  readonly runAttempt: number;
  readonly serverUrl: string;
  readonly apiUrl: string;
}

export const defaultFacts: RunFacts = {
  repository: 'acme/photo-app',
  sha: '4d1f0c3e5b6a79880123456789abcdef01234567',
  ref: 'refs/heads/main',
  headRef: '',
  baseRef: '',
  actor: 'octocat',
  workflow: 'ci',
  job: 'test',
  runId: 1000,
  runNumber: 1,
  runAttempt: 1,
  serverUrl: 'https://github.com',
  apiUrl: 'https://api.github.com',
};

/**
 * The environment GitHub's runner gives to a JavaScript action: nothing of the machine's own but PATH and HOME.
 * Source: actions/runner, src/Runner.Worker/GitHubContext.cs (the allow-list) and RunnerContext.cs.
 */
export function runnerEnvironment(
  facts: RunFacts,
  eventName: string,
  folders: StepFolders,
  files: CommandFiles,
): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? folders.root,
    LANG: 'C.UTF-8',
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION: '__run',
    GITHUB_ACTOR: facts.actor,
    GITHUB_ACTOR_ID: '583231',
    GITHUB_TRIGGERING_ACTOR: facts.actor,
    GITHUB_API_URL: facts.apiUrl,
    GITHUB_GRAPHQL_URL: `${facts.apiUrl}/graphql`,
    GITHUB_SERVER_URL: facts.serverUrl,
    GITHUB_BASE_REF: facts.baseRef,
    GITHUB_HEAD_REF: facts.headRef,
    GITHUB_REF: facts.ref,
    GITHUB_REF_NAME: refName(facts.ref),
    GITHUB_REF_TYPE: facts.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    GITHUB_REF_PROTECTED: 'false',
    GITHUB_SHA: facts.sha,
    GITHUB_REPOSITORY: facts.repository,
    GITHUB_REPOSITORY_ID: '1296269',
    GITHUB_REPOSITORY_OWNER: facts.repository.split('/')[0] ?? '',
    GITHUB_REPOSITORY_OWNER_ID: '9919',
    GITHUB_RETENTION_DAYS: '90',
    GITHUB_RUN_ID: String(facts.runId),
    GITHUB_RUN_NUMBER: String(facts.runNumber),
    GITHUB_RUN_ATTEMPT: String(facts.runAttempt),
    GITHUB_JOB: facts.job,
    GITHUB_WORKFLOW: facts.workflow,
    GITHUB_WORKFLOW_REF: `${facts.repository}/.github/workflows/${facts.workflow}.yml@${facts.ref}`,
    GITHUB_WORKFLOW_SHA: facts.sha,
    GITHUB_WORKSPACE: folders.workspace,
    GITHUB_EVENT_NAME: eventName,
    GITHUB_EVENT_PATH: folders.eventFile,
    GITHUB_OUTPUT: files.output,
    GITHUB_ENV: files.env,
    GITHUB_PATH: files.path,
    GITHUB_STATE: files.state,
    GITHUB_STEP_SUMMARY: files.summary,
    RUNNER_ARCH: arch() === 'arm64' ? 'ARM64' : 'X64',
    RUNNER_OS: platform() === 'darwin' ? 'macOS' : platform() === 'win32' ? 'Windows' : 'Linux',
    RUNNER_NAME: 'loopback',
    RUNNER_ENVIRONMENT: 'self-hosted',
    RUNNER_TEMP: folders.temp,
    RUNNER_TOOL_CACHE: folders.toolCache,
    RUNNER_WORKSPACE: join(folders.workspace, '..'),
  };
}

/** `refs/heads/main` → `main`; `refs/pull/7/merge` → `7/merge`. */
export function refName(ref: string): string {
  return ref.replace(/^refs\/(?:heads|tags|pull)\//, '');
}

/** The variable of an input: blanks become underscores, letters upper case, hyphens stay (actions/runner, Handler.cs). */
export function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}

/** The `github` context that expressions in an action.yml may read. */
export function githubContext(
  facts: RunFacts,
  event: { readonly name: string; readonly payload: unknown },
  token: string,
  workspace: string,
): Record<string, unknown> {
  return {
    token,
    repository: facts.repository,
    repository_owner: facts.repository.split('/')[0],
    sha: facts.sha,
    ref: facts.ref,
    ref_name: refName(facts.ref),
    head_ref: facts.headRef,
    base_ref: facts.baseRef,
    actor: facts.actor,
    workflow: facts.workflow,
    job: facts.job,
    run_id: String(facts.runId),
    run_number: String(facts.runNumber),
    run_attempt: String(facts.runAttempt),
    server_url: facts.serverUrl,
    api_url: facts.apiUrl,
    event_name: event.name,
    event: event.payload,
    workspace,
  };
}
