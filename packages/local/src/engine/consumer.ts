import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ActionError } from '@fairway/action-kit';
import { git } from './git.js';

/** The team's repository, with a history of its own: this is what is pushed. */
export interface ConsumerRepository {
  readonly folder: string;
  /** `owner/name` as the workflows see it. */
  readonly slug: string;
  readonly branch: string;
  /** host:port of the registry that its images go to; '' before there is one. */
  readonly registry: string;
}

/** A push that has been made. */
export interface Push {
  readonly before: string;
  readonly after: string;
  readonly message: string;
  readonly changedFiles: readonly string[];
}

/** One change to one file. Pure: the old text in, the new one out; '' for a file that is not there yet. */
export interface Edit {
  readonly file: string;
  /** @param registry host:port of the registry, for what names an image in it */
  readonly change: (before: string, registry: string) => string;
}

/** What a working copy holds beside its sources; never part of a repository. */
const generated = new Set(['node_modules', 'lib', 'coverage', 'reports', 'data', '.terraform', '.git']);

/**
 * Lays the app out as a repository of its own: its sources, the callers' files exactly as `workflows/` has them, what the
 * team has set, and a first commit.
 * @param callers name in `.github/workflows` → file
 */
export async function layOutConsumer(
  app: string,
  callers: Readonly<Record<string, string>>,
  folder: string,
  slug: string,
  setup: readonly Edit[],
): Promise<ConsumerRepository> {
  await mkdir(folder, { recursive: true });
  await cp(app, folder, { recursive: true, filter: (path) => !generated.has(basename(path)) });
  await mkdir(join(folder, '.github/workflows'), { recursive: true });
  for (const [name, file] of Object.entries(callers)) await cp(file, join(folder, '.github/workflows', name));
  const branch = 'main';
  await git(folder, 'init', '--quiet', '--initial-branch', branch);
  const repository = { folder, slug, branch, registry: '' };
  await commitEdits(repository, 'Share photos', setup);
  return repository;
}

/**
 * Commits edits and takes the commit as pushed.
 * @throws ActionError 'edit-without-effect' when a file comes out as it went in: the app changed under a scenario
 */
export async function push(
  repository: ConsumerRepository,
  message: string,
  edits: readonly Edit[],
): Promise<Push> {
  const before = await git(repository.folder, 'rev-parse', 'HEAD');
  const after = await commitEdits(repository, message, edits);
  return { before, after, message, changedFiles: edits.map((edit) => edit.file) };
}

/**
 * Commits edits on the branch that is checked out. @returns the commit
 * @throws ActionError 'edit-without-effect'
 */
export async function commitEdits(
  { folder, registry }: ConsumerRepository,
  message: string,
  edits: readonly Edit[],
): Promise<string> {
  for (const edit of edits) {
    const file = join(folder, edit.file);
    const old = await readFile(file, 'utf8').catch(() => '');
    const changed = edit.change(old, registry);
    if (changed === old) {
      throw new ActionError('edit-without-effect', `The commit '${message}' does not change ${edit.file}.`, {
        remedy: 'The photo app has changed: adapt the edit in packages/local/src/scenarios.',
      });
    }
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, changed);
  }
  await git(folder, 'add', '--all');
  await git(folder, 'commit', '--quiet', '--message', message);
  return git(folder, 'rev-parse', 'HEAD');
}

/** Takes a push back, so that the branch is what it was before: the next one must not carry its faults along. */
export async function takeBack(repository: ConsumerRepository, pushed: Push): Promise<void> {
  await git(repository.folder, 'reset', '--quiet', '--hard', pushed.before);
}

/**
 * The payload of the push, as GitHub sends it (docs: "Webhook events and payloads", push), with what the actions read
 * of it.
 */
export function pushPayload(repository: ConsumerRepository, pushed: Push, serverUrl: string): object {
  const author = { name: 'Robin Photo', email: 'robin@photo.example', username: 'robin' };
  const commit = {
    id: pushed.after,
    message: pushed.message,
    timestamp: new Date().toISOString(),
    url: `${serverUrl}/${repository.slug}/commit/${pushed.after}`,
    author,
    committer: author,
    added: [],
    removed: [],
    modified: pushed.changedFiles,
  };
  return {
    ref: `refs/heads/${repository.branch}`,
    before: pushed.before,
    after: pushed.after,
    created: false,
    deleted: false,
    forced: false,
    commits: [commit],
    head_commit: commit,
    pusher: { name: author.username, email: author.email },
    sender: { login: author.username, type: 'User' },
    repository: repositoryPayload(repository, serverUrl),
  };
}

/** The payload of a workflow that is started by hand (docs: "Webhook events and payloads", workflow_dispatch). */
export function dispatchPayload(
  repository: ConsumerRepository,
  {
    workflow,
    inputs,
    ref,
  }: {
    readonly workflow: string;
    readonly inputs: Readonly<Record<string, string>>;
    readonly ref: string;
  },
  serverUrl: string,
): object {
  return {
    inputs,
    ref,
    workflow: `.github/workflows/${workflow}`,
    sender: { login: 'robin', type: 'User' },
    repository: repositoryPayload(repository, serverUrl),
  };
}

/** What a scheduled run is given: of a pull request, or of a push, it holds nothing. */
export function schedulePayload(repository: ConsumerRepository, serverUrl: string): object {
  return { schedule: '17 * * * *', repository: repositoryPayload(repository, serverUrl) };
}

/** The repository as every payload has it. */
export function repositoryPayload({ slug, branch }: ConsumerRepository, serverUrl: string): object {
  const [owner = '', name = ''] = slug.split('/');
  return {
    name,
    full_name: slug,
    owner: { login: owner, name: owner },
    default_branch: branch,
    private: true,
    html_url: `${serverUrl}/${slug}`,
  };
}
