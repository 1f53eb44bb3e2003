import { join } from 'node:path';
import { context, info } from '@fairway/action-kit';
import { query, run } from '@fairway/exec-kit';

/**
 * What stands before paths in place of git's `a/` and `b/`. Of what was merged by hand gitleaks takes it for a part of the
 * path, since git's remark about the conflict stands where it looks for the path's beginning.
 */
export const MERGED = 'fairway-merged/';

/** Merges that are made again to compare them. Each takes some hundredths of a second. */
const MOST_MERGES = 2000;

/**
 * The environment in which git reads the history, and nothing of the files beside it: no folder, no index. A
 * `.gitattributes` among them can call any file binary (`* -diff`), and then neither git nor gitleaks shows what is in it.
 *
 * In a job with a container the checkout belongs to another user, and git would not look at it.
 * Source: git(1), GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, GIT_CONFIG_COUNT; git-config(1), safe.directory, which counts
 * in the scope of a command too.
 *
 * @param empty an empty folder, which git is to be started in
 */
export function readHistory(root: string, empty: string): Record<string, string> {
  return {
    GIT_DIR: join(root, '.git'),
    GIT_WORK_TREE: empty,
    GIT_INDEX_FILE: join(empty, 'no-index'),
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: root,
  };
}

/** What `git log` is to show: on a pull request its own commits, else all that was fetched; of merges what they changed. */
export async function history(folder: string, env: Record<string, string>): Promise<string[]> {
  const base = await knownBase(folder, env);
  const range = base === undefined ? ['--full-history', '--all'] : [`${base}..HEAD`];
  return [...range, ...((await comparesMerges(range, folder, env)) ? MERGES : [])];
}

/** `git log` shows nothing of a merge by itself, also not what somebody added while making it. */
const MERGES = ['--diff-merges=remerge', `--src-prefix=${MERGED}`, `--dst-prefix=${MERGED}`];

/**
 * The commit that a pull request goes out from, where it was fetched and where something lies between it and what is
 * checked out: on `pull_request_target` that is the base itself.
 */
async function knownBase(cwd: string, env: Record<string, string>): Promise<string | undefined> {
  const base = context().pullRequest?.baseSha ?? '';
  if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(base)) return undefined;
  const { exitCode, stdout } = await run('git', ['rev-list', '--max-count=1', `${base}..HEAD`, '--'], {
    cwd,
    show: 'never',
    env,
  });
  if (exitCode === 0 && stdout.trim() !== '') return base;
  const why = exitCode === 0 ? 'is what is checked out' : 'was not fetched (fetch-depth: 0)';
  info(`The base ${base.slice(0, 12)} ${why}, so all that was fetched is looked through.`);
  return undefined;
}

async function comparesMerges(
  range: readonly string[],
  cwd: string,
  env: Record<string, string>,
): Promise<boolean> {
  if (!makesMergesAgain(await query('git', ['--version'], { cwd, env }))) {
    info('git is older than 2.35: what was changed while making a merge is not looked through.');
    return false;
  }
  const count = ['rev-list', '--count', '--merges', `--max-count=${MOST_MERGES + 1}`];
  const { stdout } = await run('git', [...count, ...range, '--'], { cwd, show: 'never', env });
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
