import {
  type Loopback,
  type LoopbackOptions,
  type RecordedRequest,
  record,
  serveLoopback,
} from '../loopback/server.js';
import type { ResultsService } from '../results/start-results.js';
import type { Fault } from './fault.js';
import type { Permissions } from './permissions.js';
import type { Pull, Run, RunArtifact } from './records.js';
import { RestApi, type Violation } from './rest-api.js';
import { RepositoryState } from './state.js';

export interface GitHubOptions extends LoopbackOptions {
  /** `owner/name`; `acme/photo-app` unless given. Every other repository answers 404. */
  readonly repository?: string;
  /** `main` unless given. */
  readonly defaultBranch?: string;
  /** Branch or tag → SHA. */
  readonly refs?: Readonly<Record<string, string>>;
  /** Commits that exist; any 40-digit SHA unless given. */
  readonly commits?: readonly string[];
  /** Numbers of issues that are no pull requests. */
  readonly issues?: readonly number[];
  readonly pulls?: readonly Pull[];
  readonly runs?: readonly Run[];
  /** Path → content. */
  readonly files?: Readonly<Record<string, string>>;
  /** The token's permissions as in a workflow; everything unless given. */
  readonly permissions?: Permissions;
  /** Single grants to take away, such as `checks:write`. */
  readonly deny?: readonly string[];
  /** The one token that is accepted; any unless given. */
  readonly token?: string;
}

export interface GitHubService extends Loopback {
  /** GITHUB_API_URL and GITHUB_REPOSITORY. */
  readonly env: Readonly<Record<string, string>>;
  readonly requests: readonly RecordedRequest[];
  /** What it keeps; tests read and change it. */
  readonly state: RepositoryState;
  /** Requests that GitHub would refuse, or accept and misunderstand. */
  readonly violations: readonly Violation[];
  /** Takes grants away from now on; replaces earlier ones. */
  deny(grants: readonly string[]): void;
  /** Lets coming requests fail at GitHub's end. */
  fail(fault: Fault): void;
  /**
   * Forgets the violations so far, for a test that provoked them on purpose.
   * @returns what is forgotten
   */
  takeViolations(): Violation[];
  /** @throws Error that lists every violation */
  assertClean(): void;
  /** Frees the port, then does what `assertClean` does. */
  close(): Promise<void>;
}

/**
 * Starts GitHub's REST API on loopback. Every request and every answer is checked against GitHub's published OpenAPI
 * description; what GitHub would refuse is refused in the same words and counts as a violation, so that a test which
 * closes the service cannot pass by ignoring it.
 */
export async function startGitHub(options: GitHubOptions = {}): Promise<GitHubService> {
  const state = seed(options);
  let denied = options.deny ?? [];
  const api = new RestApi({
    state,
    grants: () => ({ deny: denied, ...(options.permissions ? { permissions: options.permissions } : {}) }),
    ...(options.token === undefined ? {} : { token: options.token }),
  });
  const requests: RecordedRequest[] = [];
  const loopback = await serveLoopback(async (exchange) => {
    const text = await exchange.text();
    const entry = record(requests, exchange, parsed(text));
    const answer = api.answer(exchange, text);
    if (answer === 'disconnect') {
      exchange.incoming.socket.destroy();
      return undefined;
    }
    entry.status = answer.status;
    return answer;
  }, options);
  const assertClean = (): void => {
    if (api.violations.length === 0) return;
    const list = api.violations.map(({ request, problems }) => `${request}\n  ${problems.join('\n  ')}`);
    throw new Error(`GitHub would not have taken ${list.length} request(s) as meant:\n${list.join('\n')}`);
  };
  return {
    url: loopback.url,
    env: { GITHUB_API_URL: loopback.url, GITHUB_REPOSITORY: state.fullName },
    requests,
    state,
    violations: api.violations,
    deny: (grants) => {
      denied = grants;
    },
    fail: (fault) => api.faults.add(fault),
    takeViolations: () => api.violations.splice(0),
    assertClean,
    close: async () => {
      await loopback.close();
      assertClean();
    },
  };
}

/** Artifacts that the results service holds for a run, as the REST API lists them. */
export function artifactsOf(results: ResultsService, run?: string): RunArtifact[] {
  return results.artifacts(run).map((artifact) => ({
    name: artifact.name,
    size: artifact.size,
    digest: artifact.digest,
    createdAt: artifact.createdAt.toISOString(),
    url: results.artifactUrl(artifact),
  }));
}

function seed(options: GitHubOptions): RepositoryState {
  const state = new RepositoryState(options.repository ?? 'acme/photo-app', options.defaultBranch ?? 'main');
  for (const [name, sha] of Object.entries(options.refs ?? {})) state.refs.set(name, sha);
  for (const [path, text] of Object.entries(options.files ?? {})) state.files.set(path, text);
  if (options.commits) state.commits = new Set(options.commits);
  state.issues.push(...(options.issues ?? []));
  state.pulls.push(...(options.pulls ?? []));
  state.runs.push(...(options.runs ?? []));
  return state;
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}
