import type {
  CheckRun,
  Comment,
  CommitStatus,
  Deployment,
  Pull,
  Release,
  Run,
  SarifUpload,
} from './records.js';

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
