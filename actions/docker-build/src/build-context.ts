import { existsSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { ActionError } from '@fairway/action-kit';

/** What is built from: a folder with a Dockerfile, or something that BuildKit fetches itself. */
export type BuildContext =
  | {
      readonly kind: 'folder';
      readonly path: string;
      /** Absolute. */
      readonly dockerfile: string;
      /** Relative to the workspace, for annotations. */
      readonly shown: string;
      /** There is none yet: one is to be proposed, and written there. */
      readonly missing: boolean;
    }
  | { readonly kind: 'remote'; readonly url: string; readonly dockerfile: string };

/** A git repository or an archive. Source: docker docs, "Build context", remote contexts. */
export function isRemoteContext(text: string): boolean {
  return /^(?:https?|git|ssh):\/\/|^git@[\w.-]+:/.test(text);
}

/**
 * Finds the Dockerfile: relative to the context, else to the workspace (as docker/build-push-action has it); without
 * a name `Dockerfile`, else `Containerfile`.
 * @throws ActionError 'missing-context' or 'missing-dockerfile'
 */
export function folderContext(
  workspace: string,
  given: string,
  path: string,
  file: string,
  mayBeMissing = false,
): BuildContext {
  if (!existsSync(path) || !statSync(path).isDirectory()) {
    throw new ActionError('missing-context', `The build context '${given}' is no folder in the workspace.`, {
      remedy:
        'Check its spelling, that it is relative to the repository’s root, and that actions/checkout ran before this step.',
    });
  }
  const names = file === '' ? ['Dockerfile', 'Containerfile'] : [file];
  const places = file === '' ? [path] : [path, workspace];
  const candidates = places.flatMap((place) => names.map((name) => resolve(place, name)));
  const dockerfile = candidates.find((candidate) => isInside(workspace, candidate) && existsSync(candidate));
  const [first] = candidates;
  if (dockerfile === undefined && mayBeMissing && first !== undefined && isInside(workspace, first))
    return { kind: 'folder', path, dockerfile: first, shown: relative(workspace, first), missing: true };
  if (dockerfile === undefined) {
    const tried = [...new Set(candidates.map((candidate) => relative(workspace, candidate)))].join(', ');
    throw new ActionError('missing-dockerfile', `There is no Dockerfile: looked for ${tried}.`, {
      remedy: `Name it, relative to the context or to the repository's root:  file: ${join('docker', 'Dockerfile')}  For a proposal of one:  generate: propose`,
    });
  }
  return { kind: 'folder', path, dockerfile, shown: relative(workspace, dockerfile), missing: false };
}

/** Whether a path is a folder or below it. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
