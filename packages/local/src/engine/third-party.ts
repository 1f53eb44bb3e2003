import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '@fairway/exec-kit';
import { exists } from './staging.js';
import { standInDefinition } from './stand-in.js';
import { type RemoteUse, remoteUses } from './uses.js';

/** An action of somebody else, and what runs in its place here. */
export interface ThirdPartyAction {
  readonly use: string;
  readonly repository: string;
  readonly ref: string;
  readonly folder: string;
  /** Undefined when the real one was fetched; otherwise what the stand-in does instead. */
  readonly standIn: string | undefined;
}

/** Actions that act does by itself: it copies the repository (its own source, `isLocalCheckout`). */
const doneByAct = 'actions/checkout';

/**
 * Gathers every third-party action that the workflows and the actions they use name: the real one at its pinned
 * commit where GitHub can be reached, otherwise a stand-in that says on every run that it is one.
 *
 * @param sources texts of workflows and composite actions
 * @param folder where they are laid out, one folder for each repository and ref
 */
export async function gatherThirdParty(
  sources: readonly string[],
  own: string,
  folder: string,
): Promise<readonly ThirdPartyAction[]> {
  const online = await gitHubAnswers();
  const gathered = new Map<string, ThirdPartyAction>();
  const waiting = [...sources];
  for (let source = waiting.shift(); source !== undefined; source = waiting.shift()) {
    for (const use of remoteUses(source)) {
      const name = `${use.repository}${use.path === '' ? '' : `/${use.path}`}@${use.ref}`;
      if (use.repository === own || use.repository === doneByAct || gathered.has(name)) continue;
      const place = join(folder, use.repository.replace('/', '__'), use.ref);
      const fetched = online && (await fetchAction(use, place));
      if (fetched) waiting.push(await definitionIn(join(place, use.path)));
      else await layStandIn(use, place);
      gathered.set(name, {
        use: name,
        repository: use.repository,
        ref: use.ref,
        folder: place,
        standIn: fetched ? undefined : standInDefinition(use).instead,
      });
    }
  }
  return [...gathered.values()];
}

async function gitHubAnswers(): Promise<boolean> {
  try {
    await fetch('https://github.com/', { method: 'HEAD', signal: AbortSignal.timeout(4000) });
    return true;
  } catch {
    return false;
  }
}

/** The one commit, without history. False when it cannot be had, whatever the reason: a stand-in is listed then. */
async function fetchAction(use: RemoteUse, place: string): Promise<boolean> {
  if (await exists(join(place, '.git', 'FETCH_HEAD'))) return true;
  await mkdir(place, { recursive: true });
  const address = `https://github.com/${use.repository}`;
  for (const args of [
    ['init', '--quiet'],
    ['fetch', '--quiet', '--depth', '1', address, use.ref],
    ['checkout', '--quiet', 'FETCH_HEAD'],
  ]) {
    const result = await run('git', args, {
      cwd: place,
      env: { GIT_TERMINAL_PROMPT: '0' },
      show: 'never',
      timeoutMs: 60_000,
    });
    if (result.exitCode !== 0) {
      await rm(place, { recursive: true, force: true });
      return false;
    }
  }
  return true;
}

async function definitionIn(folder: string): Promise<string> {
  for (const name of ['action.yml', 'action.yaml']) {
    if (await exists(join(folder, name))) return readFile(join(folder, name), 'utf8');
  }
  return '';
}

async function layStandIn(use: RemoteUse, place: string): Promise<void> {
  const file = join(place, use.path, 'action.yml');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, standInDefinition(use).definition);
}
