import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { context, info } from '@fairway/action-kit';
import { query, type RunResult, run } from '@fairway/exec-kit';

/**
 * What stands before paths in place of git's `a/` and `b/`. Of what was merged by hand gitleaks takes it for a part of the
 * path, since git's remark about the conflict stands where it looks for the path's beginning.
 */
export const MERGED = 'fairway-merged/';

/** Merges that are made again to compare them. Each takes some hundredths of a second. */
const MOST_MERGES = 2000;

/** `git log` shows nothing of a merge by itself, also not what somebody added while making it. */
const MERGES = ['--diff-merges=remerge', `--src-prefix=${MERGED}`, `--dst-prefix=${MERGED}`];

/** A history that is read by itself, and the place to read it from. */
export interface History {
  /** An empty folder, to start git in. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** The commit that a pull request goes out from. */
  readonly base?: string;
  /** Why there is none on a pull request. */
  readonly noBase?: string;
}

/**
 * Opens the history so that git reads nothing of the files beside it: no folder, no index. A `.gitattributes` among them
 * can call any file binary (`* -diff`), and then neither git nor gitleaks shows what is in it.
 *
 * In a job with a container the checkout belongs to another user, and git would not look at it.
 * Source: git(1), GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, GIT_CONFIG_COUNT; git-config(1), safe.directory, which counts
 * in the scope of a command too.
 */
export async function openHistory(root: string, temp: string): Promise<History> {
  const folder = await mkdtemp(join(temp, 'history-'));
  const env = {
    GIT_DIR: join(root, '.git'),
    GIT_WORK_TREE: folder,
    GIT_INDEX_FILE: join(folder, 'no-index'),
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: root,
  };
  return { folder, env, ...(await baseOf({ folder, env })) };
}

/** Asks git about the history. */
export function ask({ folder, env }: History, args: readonly string[]): Promise<RunResult> {
  return run('git', args, { cwd: folder, env, show: 'never' });
}

/**
 * The base counts where it was fetched and where something lies between it and what is checked out: on
 * `pull_request_target` that is the base itself.
 */
async function baseOf(history: History): Promise<Pick<History, 'base' | 'noBase'>> {
  const base = context().pullRequest?.baseSha ?? '';
  if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(base)) return {};
  const { exitCode, stdout } = await ask(history, ['rev-list', '--max-count=1', `${base}..HEAD`, '--']);
  if (exitCode === 0 && stdout.trim() !== '') return { base };
  return {
    noBase: `The base ${base.slice(0, 12)} ${exitCode === 0 ? 'is what is checked out' : 'was not fetched (fetch-depth: 0)'}`,
  };
}

/** What `git log` is to show: on a pull request its own commits, else all that was fetched; of merges what they changed. */
export async function logOptions(history: History): Promise<string[]> {
  if (history.noBase) info(`${history.noBase}, so all that was fetched is looked through.`);
  const range = history.base === undefined ? ['--full-history', '--all'] : [`${history.base}..HEAD`];
  return [...range, ...((await comparesMerges(range, history)) ? MERGES : [])];
}

async function comparesMerges(range: readonly string[], history: History): Promise<boolean> {
  if (!makesMergesAgain(await query('git', ['--version']))) {
    info('git is older than 2.35: what was changed while making a merge is not looked through.');
    return false;
  }
  const count = ['rev-list', '--count', '--merges', `--max-count=${MOST_MERGES + 1}`];
  const { stdout } = await ask(history, [...count, ...range, '--']);
  if (Number(stdout) <= MOST_MERGES) return true;
  info(
    `There are more than ${MOST_MERGES} merges: what was changed while making them is not looked through.`,
  );
  return false;
}

/** Source: git's release notes for 2.35, `--remerge-diff`. */
export function makesMergesAgain(version: string): boolean {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 35);
}
