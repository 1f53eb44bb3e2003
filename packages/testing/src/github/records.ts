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
  /** ISO 8601. */
  readonly updatedAt?: string;
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
