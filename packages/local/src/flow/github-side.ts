import { artifactsOf, startGitHub, startOidc, startResults } from '@fairway/testing';
import type { ConsumerRepository } from '../engine/consumer.js';
import type { Proposal } from '../engine/proposal.js';

/** What GitHub knows of a run when it begins. */
export interface RunFacts {
  readonly workflow: string;
  readonly event: string;
  readonly headBranch: string;
  readonly headSha: string;
  /** The ref whose caches it writes; it reads those of the default branch too. */
  readonly ref: string;
  /** Its token may write nothing: it is the run of a fork's pull request. */
  readonly readOnly: boolean;
}

export interface BegunRun {
  readonly id: number;
  /** The variables that its steps get. */
  readonly environment: Readonly<Record<string, string>>;
  end(green: boolean): void;
}

/** What is written on GitHub for people to read. */
export interface GitHubView {
  readonly comments: readonly { readonly issue: number; readonly body: string }[];
  readonly checks: readonly {
    readonly name: string;
    readonly headSha: string;
    readonly conclusion: string | null;
  }[];
  readonly scans: number;
  /** Oldest first, each as its newest status has it. */
  readonly deployments: readonly {
    readonly environment: string;
    readonly sha: string;
    readonly state: string;
    readonly url: string;
  }[];
}

/** GitHub's side of the runs: its API, its OIDC issuer, its artifacts and caches, all on loopback. */
export interface GitHubSide {
  beginRun(facts: RunFacts): BegunRun;
  /** Opens a pull request, or takes over what has become of it. */
  keep(proposal: Proposal, state?: 'open' | 'closed'): void;
  view(): GitHubView;
  /** Requests since the last call that GitHub would have refused as mistakes, a line each. */
  takeViolations(): readonly string[];
  close(): Promise<void>;
}

/** All that a workflow token can be given to write (docs: "Permissions for the GITHUB_TOKEN"); a fork's is given none. */
const writes = [
  'actions',
  'attestations',
  'checks',
  'contents',
  'deployments',
  'discussions',
  'issues',
  'packages',
  'pages',
  'pull-requests',
  'security-events',
  'statuses',
].map((scope) => `${scope}:write`);

/**
 * Starts it for a repository. One for all runs: timings that a run puts into the cache are there for the next.
 * @param token the one token that the API accepts
 */
export async function startGitHubSide(repository: ConsumerRepository, token: string): Promise<GitHubSide> {
  const { slug, branch } = repository;
  const main = `refs/heads/${branch}`;
  const results = await startResults({ scopes: [{ scope: main, permission: 3 }] });
  const oidc = await startOidc({ repository: slug, ref: main });
  const gitHub = await startGitHub({ repository: slug, defaultBranch: branch, token });
  const { state } = gitHub;
  let runs = 0;
  return {
    beginRun: (facts) => {
      const id = 1000 + ++runs;
      const run = String(id);
      const { headSha, headBranch, event, workflow, ref } = facts;
      if (ref === main) state.refs.set(branch, headSha);
      gitHub.deny(facts.readOnly ? writes : []);
      const known = {
        ...{ id, headSha, headBranch, event, workflow, jobs: [] },
        status: 'in_progress' as 'in_progress' | 'completed',
        conclusion: null as 'success' | 'failure' | null,
        get artifacts() {
          return artifactsOf(results, run);
        },
      };
      state.runs.push(known);
      const own = { scope: ref, permission: 3 as const };
      const scopes = ref === main ? [own] : [own, { scope: main, permission: 1 as const }];
      return {
        id,
        environment: {
          ...gitHub.env,
          // A fork's run gets no identity to log in to a cloud with.
          ...(facts.readOnly ? {} : oidc.env),
          ...results.envFor({ run, scopes }),
          GITHUB_RUN_ID: run,
          GITHUB_RUN_NUMBER: String(runs),
        },
        end: (green) => {
          known.status = 'completed';
          known.conclusion = green ? 'success' : 'failure';
          gitHub.deny([]);
        },
      };
    },
    keep: (proposal, pullState = 'open') => {
      const known = state.pulls.findIndex(({ number }) => number === proposal.number);
      state.pulls.splice(known < 0 ? state.pulls.length : known, 1, {
        state: pullState,
        updatedAt: proposal.changedAt,
        number: proposal.number,
        title: proposal.title,
        headRef: proposal.branch,
        headSha: proposal.head,
        headRepository: proposal.from,
        baseRef: branch,
        baseSha: proposal.base,
        files: proposal.changedFiles,
      });
    },
    view: () => ({
      comments: state.comments.map(({ issue, body }) => ({ issue, body })),
      checks: state.checkRuns.map(({ name, head_sha: headSha, conclusion }) => ({
        name,
        headSha,
        conclusion,
      })),
      scans: state.sarifs.length,
      deployments: state.deployments.map(({ environment, sha, statuses }) => ({
        environment,
        sha,
        state: statuses.at(-1)?.state ?? '',
        url: statuses.at(-1)?.environment_url ?? '',
      })),
    }),
    takeViolations: () =>
      gitHub.takeViolations().map(({ request, problems }) => `${request}: ${problems.join('; ')}`),
    close: async () => {
      await Promise.all([oidc.close(), results.close(), gitHub.close()]);
    },
  };
}
