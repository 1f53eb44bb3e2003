/** A comment on an issue or pull request. */
export interface Comment {
  readonly id: number;
  readonly issue: number;
  body: string;
  readonly user: string;
  readonly created_at: string;
  updated_at: string;
}

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number;
  readonly end_column?: number;
  readonly annotation_level: 'notice' | 'warning' | 'failure';
  readonly message: string;
  readonly title?: string;
  readonly raw_details?: string;
}

export interface CheckRun {
  readonly id: number;
  name: string;
  readonly head_sha: string;
  status: string;
  conclusion: string | null;
  details_url: string | null;
  external_id: string;
  started_at: string | null;
  completed_at: string | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  /** All that were ever sent, in order: each update appends. */
  readonly annotations: Annotation[];
}

export interface DeploymentStatus {
  readonly id: number;
  readonly state: string;
  readonly description: string;
  readonly environment: string;
  readonly environment_url: string;
  readonly log_url: string;
  readonly created_at: string;
}

export interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly environment: string;
  readonly description: string | null;
  readonly payload: unknown;
  readonly transient_environment: boolean;
  readonly production_environment: boolean;
  readonly created_at: string;
  /** Oldest first. */
  readonly statuses: DeploymentStatus[];
}

export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly state: string;
  readonly context: string;
  readonly description: string | null;
  readonly target_url: string | null;
  readonly created_at: string;
}

export interface SarifUpload {
  readonly id: string;
  readonly commit_sha: string;
  readonly ref: string;
  readonly category: string | undefined;
  /** The decoded SARIF document. */
  readonly sarif: unknown;
}

export interface PullFile {
  readonly filename: string;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed';
  readonly additions: number;
  readonly deletions: number;
  readonly patch?: string;
  readonly previous_filename?: string;
}

export interface Pull {
  readonly number: number;
  readonly title: string;
  readonly body?: string;
  readonly state?: 'open' | 'closed';
  readonly draft?: boolean;
  readonly merged?: boolean;
  readonly author?: string;
  readonly headRef: string;
  readonly headSha: string;
  /** `owner/name` of the head repository; this repository unless it is a fork. */
  readonly headRepository?: string;
  readonly baseRef: string;
  readonly baseSha: string;
  readonly files?: readonly PullFile[];
}

export interface Job {
  readonly name: string;
  readonly status?: 'queued' | 'in_progress' | 'completed';
  readonly conclusion?: 'success' | 'failure' | 'cancelled' | 'skipped' | 'timed_out' | null;
  readonly startedAt?: string;
  readonly completedAt?: string | null;
  readonly attempt?: number;
  readonly steps?: readonly {
    readonly name: string;
    readonly conclusion: string | null;
    readonly startedAt?: string;
    readonly completedAt?: string;
  }[];
}

export interface RunArtifact {
  readonly name: string;
  readonly size: number;
  /** `sha256:…` */
  readonly digest?: string;
  readonly createdAt?: string;
  /** Where a download is redirected to. */
  readonly url?: string;
}

export interface Run {
  readonly id: number;
  readonly headSha: string;
  readonly headBranch: string;
  readonly event: string;
  readonly workflow: string;
  readonly status: 'queued' | 'in_progress' | 'completed';
  readonly conclusion: 'success' | 'failure' | 'cancelled' | null;
  readonly attempt?: number;
  readonly jobs: readonly Job[];
  readonly artifacts: readonly RunArtifact[];
}

export interface Release {
  readonly id: number;
  readonly tag_name: string;
  readonly target_commitish: string;
  readonly name: string | null;
  readonly body: string | null;
  readonly draft: boolean;
  readonly prerelease: boolean;
  readonly created_at: string;
}

/** Everything the loopback GitHub knows of its repository. Tests may read and change all of it. */
export class RepositoryState {
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  readonly comments: Comment[] = [];
  readonly checkRuns: CheckRun[] = [];
  readonly deployments: Deployment[] = [];
  readonly statuses: CommitStatus[] = [];
  readonly sarifs: SarifUpload[] = [];
  readonly releases: Release[] = [];
  readonly pulls: Pull[] = [];
  readonly runs: Run[] = [];
  /** Numbers of issues that are no pull requests. */
  readonly issues: number[] = [];
  /** Path → content on the default branch. */
  readonly files = new Map<string, string>();
  /** Branch or tag → SHA. */
  readonly refs = new Map<string, string>();
  /** Known commits; undefined means that any 40-digit SHA exists. */
  commits: Set<string> | undefined;
  #lastId = 1000;

  constructor(repository: string, defaultBranch: string) {
    const [owner, name, ...rest] = repository.split('/');
    if (!owner || !name || rest.length > 0)
      throw new Error(`repository must be owner/name, not "${repository}"`);
    this.owner = owner;
    this.name = name;
    this.defaultBranch = defaultBranch;
  }

  get fullName(): string {
    return `${this.owner}/${this.name}`;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  hasCommit(sha: string): boolean {
    return /^[0-9a-f]{40}$/.test(sha) && (this.commits?.has(sha) ?? true);
  }

  /** The commit a branch, tag, full ref or SHA names. */
  resolve(ref: string): string | undefined {
    const named = this.refs.get(ref.replace(/^(?:refs\/)?(?:heads|tags)\//, ''));
    return named ?? (this.hasCommit(ref) ? ref : undefined);
  }

  hasIssue(number: number): boolean {
    return this.issues.includes(number) || this.pulls.some((pull) => pull.number === number);
  }
}
