import { copyFileSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ActionError } from '@fairway/action-kit';
import { query, runOrThrow } from '@fairway/exec-kit';
import { type Overlay, parseOverlay, substitute } from './overlay.js';
import type { Recipe, Source } from './recipe.js';

/**
 * Compiler flags for programs that run for minutes on the machine that builds them: no inlining and no debug
 * information takes a third off the compiler's time (measured on k8s.io/kubernetes/pkg/apis/core/v1: 36 s of CPU
 * instead of 52 s), and the programs behave the same.
 */
export const BUILD_FLAGS = ['-gcflags=all=-l -dwarf=false', '-buildvcs=false'] as const;

/** `-ldflags` for a build: no symbol table, and values set in package variables. */
export function linkerFlags(variables: Readonly<Record<string, string>> = {}): string {
  const set = Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`);
  return `-ldflags=${['-s', '-w', ...set].join(' ')}`;
}

/** Go's own environment for our builds: caches of ours, versions exactly as written, sums verified. */
export function goEnvironment(cache: string): Record<string, string> {
  return {
    CGO_ENABLED: '0',
    GOFLAGS: '-modcacherw -mod=readonly',
    GOWORK: 'off',
    GOTOOLCHAIN: 'auto',
    GOCACHE: join(cache, 'build'),
    GOMODCACHE: join(cache, 'mod'),
  };
}

export interface GoFolders {
  /** Module and build caches. */
  readonly cache: string;
  /** This package's assets folder. */
  readonly assets: string;
  /** Where to work; removed afterwards by the caller. */
  readonly work: string;
  /** Where the programs go. */
  readonly out: string;
  /** Ends the compiler when another part cannot be made. */
  readonly signal: AbortSignal;
}

type Kind<H extends Source['how']> = Extract<Source, { how: H }>;

/** `go install module/package@version` into the recipe's folder. */
export async function goInstall(source: Kind<'go-install'>, folders: GoFolders): Promise<void> {
  const at = source.module.lastIndexOf('@');
  const [module, version] = [source.module.slice(0, at), source.module.slice(at)];
  const packages = source.packages.map((name) => (name === '.' ? module : `${module}/${name}`) + version);
  await go(['install', ...BUILD_FLAGS, linkerFlags(), ...packages], folders, folders.work, {
    GOBIN: folders.out,
  });
}

/** Builds a module of ours, from a copy: Go must not write into the clone. */
export async function goModule(source: Kind<'go-module'>, folders: GoFolders): Promise<void> {
  const copy = join(folders.work, basename(source.folder));
  cpSync(join(folders.assets, 'go', source.folder), copy, { recursive: true });
  await go(
    ['build', ...BUILD_FLAGS, linkerFlags(source.variables), '-o', `${folders.out}/`, ...source.packages],
    folders,
    copy,
  );
}

/** Builds a published module with our overlay on a copy of its source. */
export async function goPatched(
  recipe: Recipe,
  source: Kind<'go-patched'>,
  folders: GoFolders,
): Promise<void> {
  const overlayFolder = join(folders.assets, source.overlay);
  const overlay = readOverlay(overlayFolder);
  const copy = join(folders.work, 'source');
  cpSync(await download(source.module, folders), copy, { recursive: true });
  for (const { from, to } of overlay.files) cpSync(join(overlayFolder, from), join(copy, to));
  for (const change of overlay.substitutions) {
    const file = join(copy, change.file);
    writeFileSync(file, substitute(readFileSync(file, 'utf8'), change));
  }
  await go(
    ['build', ...BUILD_FLAGS, linkerFlags(), '-o', join(folders.out, recipe.name), '.'],
    folders,
    copy,
  );
}

/** Copies single files out of published modules, side by side. */
export async function goFiles(source: Kind<'go-files'>, folders: GoFolders): Promise<void> {
  for (const { module, folder, files } of source.modules) {
    const original = await download(module, folders);
    for (const file of files) copyFileSync(join(original, folder, file), join(folders.out, file));
  }
}

/** @returns the folder of a module in the cache, verified by Go's checksum database */
async function download(module: string, folders: GoFolders): Promise<string> {
  const answer = await query('go', ['mod', 'download', '-json', module], {
    cwd: folders.work,
    env: goEnvironment(folders.cache),
  });
  return (JSON.parse(answer) as { Dir: string }).Dir;
}

function readOverlay(folder: string): Overlay {
  const file = join(folder, 'patch.json');
  if (!existsSync(file))
    throw new ActionError('overlay-missing', `There is no ${basename(folder)}/patch.json among the assets.`, {
      remedy: 'Restore packages/local/assets from the repository.',
    });
  return parseOverlay(readFileSync(file, 'utf8'));
}

async function go(
  args: readonly string[],
  folders: GoFolders,
  cwd: string,
  env: Record<string, string> = {},
): Promise<void> {
  await runOrThrow('go', args, {
    cwd,
    env: { ...goEnvironment(folders.cache), ...env },
    show: 'never',
    signal: folders.signal,
    timeoutMs: 1_800_000,
    remedy: 'If a download failed, start again: what was built so far is kept.',
  });
}
