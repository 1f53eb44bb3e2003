import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ActionError } from '@fairway/action-kit';
import { runOrThrow, which } from '@fairway/exec-kit';
import { fromRoot } from '@fairway/scan-kit';
import { ensureTool } from '@fairway/tool-install';
import type { Scope } from './scanner.js';

/** Manifest text and where it comes from. `lines` is false where its line numbers mean nothing to a reader. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly lines: boolean;
}

/** The files that `manifests` names. */
export async function files({ inputs, root }: Scope): Promise<Source[]> {
  const paths = await Promise.all(inputs.manifests.map(async (path) => yamlFiles(await inside(root, path))));
  return Promise.all(
    paths.flat().map(async (path) => ({
      path: fromRoot(root, path),
      text: await readFile(await inside(root, path), 'utf8'),
      lines: true,
    })),
  );
}

async function yamlFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const found = entries.filter((entry) => !entry.isDirectory() && /\.(ya?ml|json)$/.test(entry.name));
  if (found.length === 0) throw nothingIn(path, 'no .yaml, .yml or .json file');
  return found.map((entry) => join(entry.parentPath, entry.name)).toSorted();
}

/** Each overlay, rendered by the same Kustomize that will render it to be deployed. */
export async function overlays({ inputs, root }: Scope): Promise<Source[]> {
  const named = await Promise.all(
    inputs.kustomize.map(async (path) => kustomizations(await inside(root, path))),
  );
  const folders = named.flat();
  if (folders.length > 0 && (await which('kubectl')) === undefined)
    await ensureTool('kubectl', { mirror: inputs.mirror });
  const sources: Source[] = [];
  for (const folder of folders) {
    const path = `${fromRoot(root, folder)}/kustomization.yaml`;
    const { stdout, truncated } = await runOrThrow('kubectl', ['kustomize', folder], {
      show: 'never',
      timeoutMs: inputs.timeoutMs,
      captureBytes: RENDERED_BYTES,
      title: `kubectl kustomize ${fromRoot(root, folder)}`,
    });
    // Of more only the end is kept, and the objects before it would be missing without a word.
    if (truncated) throw unreadable(path, `it renders more than ${RENDERED_BYTES / 1024 / 1024} MiB`);
    sources.push({ path, text: stdout, lines: false });
  }
  return sources;
}

const RENDERED_BYTES = 64 * 1024 * 1024;

/** The folder itself when it is a kustomization, else those of its children that are. */
async function kustomizations(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  if (names.some(isKustomization)) return [folder];
  const children = await Promise.all(
    names.toSorted().map(async (name) => {
      const inner = await readdir(join(folder, name)).catch(() => []);
      return inner.some(isKustomization) ? [join(folder, name)] : [];
    }),
  );
  const found = children.flat();
  if (found.length === 0) throw nothingIn(folder, 'no kustomization.yaml, nor any folder with one');
  return found;
}

function isKustomization(name: string): boolean {
  return /^kustomization\.ya?ml$|^Kustomization$/.test(name);
}

/** A path within the repository, also where a symbolic link leads: what a message quotes must be the repository's own. */
async function inside(root: string, path: string): Promise<string> {
  const full = resolve(root, path);
  const real = await realpath(full).catch(() => undefined);
  if (fromRoot(root, full).startsWith('..')) throw outside(path);
  if (real === undefined) throw missing(full);
  if (fromRoot(await realpath(root), real).startsWith('..')) throw outside(path);
  return full;
}

function outside(path: string): ActionError {
  return new ActionError('bad-input', `'${path}' leads out of the repository.`, {
    remedy: "Name manifests by their path from the repository's root.",
  });
}

function missing(path: string): ActionError {
  return new ActionError('missing-file', `There is nothing at '${path}'.`, {
    remedy: "Check the inputs 'manifests' and 'kustomize': their paths start at the repository's root.",
  });
}

/** A folder that was named and holds nothing to check: nothing was looked at, which is not "nothing found". */
function nothingIn(folder: string, what: string): ActionError {
  return new ActionError('missing-file', `In '${folder}' there is ${what}.`, {
    remedy: "Check the inputs 'manifests' and 'kustomize'; leave out the one that is not needed.",
  });
}

export function unreadable(path: string, why: string): ActionError {
  return new ActionError('unreadable-manifest', `${path} cannot be read as YAML: ${why}`, {
    remedy: 'Mend the file at the place that the message names.',
  });
}
