import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { context, info, messageOf, notice } from '@fairway/action-kit';
import { type History, NO_HISTORY } from './history.js';
import { parseHistory, writeHistory } from './history-file.js';
import type { Inputs } from './inputs.js';

/** A cache entry is found again only under the very path it was saved from; this one is the same on every runner. */
const FOLDER = '.fairway-test-history';
const FILE = 'history.json';

/** The client weighs more than all else here, so it is asked for only where there is a cache to talk to. */
function hasCache(): boolean {
  const { ACTIONS_CACHE_URL: first, ACTIONS_RESULTS_URL: second } = process.env;
  return Boolean(first || second);
}

/**
 * The history of this branch, or of the branch it will be merged into, or of the default branch, from the cache.
 * A cache that cannot be reached costs the timings and nothing else.
 */
export async function recall(inputs: Inputs): Promise<History> {
  const { own, others } = keys(inputs);
  return find([own, ...others]);
}

/** The history of the branch that a pull request goes to, or of the default branch; undefined outside of one. */
export async function recallBase(inputs: Inputs): Promise<History | undefined> {
  return context().baseRef === '' ? undefined : find(keys(inputs).others);
}

/** What the first of the prefixes that any entry has leads to: its newest entry. */
async function find(prefixes: readonly string[]): Promise<History> {
  const [first] = prefixes;
  try {
    if (!hasCache() || first === undefined) return NO_HISTORY;
    const cache = await import('@actions/cache');
    const hit = await inWorkspace(() => cache.restoreCache([FOLDER], `${first}none`, [...prefixes]));
    if (hit === undefined) return NO_HISTORY;
    const history = parseHistory(await readFile(join(context().workspace, FOLDER, FILE), 'utf8'));
    info(`History of ${history.runs.length} runs and ${history.timings.size} timings from '${hit}'.`);
    return history;
  } catch (error) {
    notice(`Earlier runs could not be read, so this one does without: ${messageOf(error)}`);
    return NO_HISTORY;
  } finally {
    await forget();
  }
}

/** Saves the history for the next runs of this branch. */
export async function keep(inputs: Inputs, history: History): Promise<void> {
  try {
    if (!hasCache()) return;
    const cache = await import('@actions/cache');
    const folder = join(context().workspace, FOLDER);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, FILE), writeHistory(history));
    const { runId, runAttempt } = context();
    await inWorkspace(() => cache.saveCache([FOLDER], `${keys(inputs).own}${runId}-${runAttempt}`));
  } catch (error) {
    notice(`The timings of this run could not be kept: ${messageOf(error)}`);
  } finally {
    await forget();
  }
}

/** `@actions/cache` takes relative paths from the current folder, and the runner starts actions in the workspace. */
async function inWorkspace<T>(body: () => Promise<T>): Promise<T> {
  const before = process.cwd();
  process.chdir(context().workspace);
  try {
    return await body();
  } finally {
    process.chdir(before);
  }
}

async function forget(): Promise<void> {
  await rm(join(context().workspace, FOLDER), { recursive: true, force: true });
}

function keys(inputs: Inputs): { own: string; others: string[] } {
  const { headRef, baseRef, refName, defaultBranch, workspace } = context();
  const where = inputs.folder === workspace ? '' : inputs.folder.slice(workspace.length);
  const key = (branch: string) => `fairway-tests-${inputs.artifactName}${slug(where)}-${slug(branch)}-`;
  const own = key(headRef || refName || 'none');
  const others = [baseRef, defaultBranch].filter(Boolean).map(key);
  return { own, others: others.filter((other) => other !== own) };
}

/** Keys may hold neither commas nor more than 512 characters; branch names may. */
function slug(text: string): string {
  return text.replace(/[^\w.-]+/g, '_').slice(0, 120);
}
