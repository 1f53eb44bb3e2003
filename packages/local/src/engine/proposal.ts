import { type ConsumerRepository, commitEdits, type Edit, repositoryPayload } from './consumer.js';
import { git } from './git.js';

/** A pull request, with the commits that GitHub has for it. */
export interface Proposal {
  readonly number: number;
  readonly title: string;
  readonly branch: string;
  /** `owner/name` of the repository that the branch is in: the team's own, or a fork. */
  readonly from: string;
  readonly base: string;
  readonly head: string;
  /** The merge of both that GitHub makes for the run; it is checked out. */
  readonly merge: string;
  /** When it last changed, ISO 8601. */
  readonly changedAt: string;
  readonly changedFiles: readonly ChangedFile[];
}

/** What happened to a pull request, in the words of its event. */
export type ProposalAction = 'opened' | 'synchronize' | 'closed' | 'reopened';

/** As GitHub's API lists it. */
export interface ChangedFile {
  readonly filename: string;
  readonly status: 'added' | 'modified';
  readonly additions: number;
  readonly deletions: number;
  readonly patch: string;
}

export interface ProposalOptions {
  readonly number: number;
  readonly title: string;
  readonly branch: string;
  readonly from: string;
  readonly edits: readonly Edit[];
}

/** Commits edits on a branch of its own and merges it into the base, as GitHub does for `refs/pull/N/merge`. */
export async function propose(
  repository: ConsumerRepository,
  { number, title, branch, from, edits }: ProposalOptions,
): Promise<Proposal> {
  const { folder } = repository;
  const base = await git(folder, 'rev-parse', 'HEAD');
  await git(folder, 'checkout', '--quiet', '-b', branch);
  const head = await commitEdits(repository, title, edits);
  return { number, title, branch, from, base, ...(await mergedForRun(folder, base, head)) };
}

/** A further commit on the proposal's branch, merged into the same base. */
export async function amend(
  repository: ConsumerRepository,
  proposal: Proposal,
  edits: readonly Edit[],
): Promise<Proposal> {
  const { folder } = repository;
  await git(folder, 'checkout', '--quiet', proposal.branch);
  const head = await commitEdits(repository, proposal.title, edits);
  return { ...proposal, ...(await mergedForRun(folder, proposal.base, head)) };
}

async function mergedForRun(
  folder: string,
  base: string,
  head: string,
): Promise<Pick<Proposal, 'head' | 'merge' | 'changedAt' | 'changedFiles'>> {
  await git(folder, 'checkout', '--quiet', '--detach', base);
  await git(folder, 'merge', '--quiet', '--no-ff', '--message', `Merge ${head} into ${base}`, head);
  return {
    head,
    merge: await git(folder, 'rev-parse', 'HEAD'),
    changedAt: new Date().toISOString(),
    changedFiles: await changedFiles(folder, base, head),
  };
}

/** Back to the base branch, and the proposal's is gone. */
export async function withdraw({ folder, branch }: ConsumerRepository, proposal: Proposal): Promise<void> {
  await git(folder, 'checkout', '--quiet', branch);
  await git(folder, 'branch', '--quiet', '--delete', '--force', proposal.branch);
}

async function changedFiles(folder: string, base: string, head: string): Promise<ChangedFile[]> {
  const names = (await git(folder, 'diff', '--name-status', base, head)).split('\n').filter(Boolean);
  return Promise.all(
    names.map(async (line): Promise<ChangedFile> => {
      const [letter, filename = ''] = line.split('\t');
      const diff = await git(folder, 'diff', '--no-color', base, head, '--', filename);
      const patch = diff.slice(Math.max(0, diff.indexOf('\n@@ ') + 1));
      const count = (sign: string) => patch.split('\n').filter((row) => row.startsWith(sign)).length;
      return {
        filename,
        status: letter === 'A' ? 'added' : 'modified',
        additions: count('+'),
        deletions: count('-'),
        patch,
      };
    }),
  );
}

/** The payload of a pull request's event (docs: "Webhook events and payloads", pull_request), with what the actions read. */
export function pullRequestPayload(
  repository: ConsumerRepository,
  proposal: Proposal,
  author: string,
  serverUrl: string,
  action: ProposalAction = 'opened',
): object {
  const own = repositoryPayload(repository, serverUrl);
  const [owner = '', name = ''] = proposal.from.split('/');
  const fork = proposal.from !== repository.slug;
  const head = fork ? { ...own, name, full_name: proposal.from, owner: { login: owner }, fork } : own;
  return {
    action,
    number: proposal.number,
    pull_request: {
      number: proposal.number,
      state: action === 'closed' ? 'closed' : 'open',
      updated_at: proposal.changedAt,
      title: proposal.title,
      html_url: `${serverUrl}/${repository.slug}/pull/${proposal.number}`,
      user: { login: author },
      head: { ref: proposal.branch, sha: proposal.head, label: `${owner}:${proposal.branch}`, repo: head },
      base: { ref: repository.branch, sha: proposal.base, repo: own },
      merge_commit_sha: proposal.merge,
    },
    repository: own,
    sender: { login: author, type: 'User' },
  };
}

/** The payload of a run that has ended (docs: workflow_run). Of a fork's it lists no pull request. */
export function followUpPayload(
  repository: ConsumerRepository,
  proposal: Proposal,
  run: { readonly id: number; readonly workflow: string; readonly conclusion: 'success' | 'failure' },
  serverUrl: string,
): object {
  const [owner = ''] = proposal.from.split('/');
  return {
    action: 'completed',
    workflow_run: {
      id: run.id,
      name: run.workflow,
      event: 'pull_request',
      status: 'completed',
      conclusion: run.conclusion,
      head_branch: proposal.branch,
      head_sha: proposal.head,
      head_repository: { full_name: proposal.from, owner: { login: owner } },
      pull_requests: [],
    },
    workflow: { name: run.workflow, path: '.github/workflows/cicd.yml' },
    repository: repositoryPayload(repository, serverUrl),
    sender: { login: owner, type: 'User' },
  };
}
