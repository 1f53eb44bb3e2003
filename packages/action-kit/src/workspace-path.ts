import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { ActionError } from './failure.js';
import { badValue, type TextOptions, text } from './inputs.js';

interface PathOptions extends TextOptions {
  /** Refuse a path at which nothing is. */
  readonly mustExist?: boolean;
}

/**
 * An absolute path inside the workspace. One that leads out of it, by `..` or through a symbolic link (one that
 * dangles included: writing to it would create its target), is refused: a path often comes from the repository, which
 * on a pull request is a stranger's.
 * @throws ActionError 'bad-input', 'missing-file' or 'no-workspace'
 */
export function workspacePath(name: string, options: PathOptions = {}): string {
  const value = text(name, options);
  if (value === '') return '';
  const given = resolve(process.env.GITHUB_WORKSPACE || process.cwd());
  const workspace = realWorkspace(given);
  const path = resolve(given, value);
  const real = realPlace(path);
  if (real === undefined || isOutside(workspace, real)) {
    throw badValue(name, value, 'a path inside the workspace', `${name}: .`);
  }
  if (options.mustExist && !existsSync(path)) {
    throw new ActionError('missing-file', `The input '${name}' names '${value}', and nothing is there.`, {
      remedy: `Check the spelling, that the path is relative to the repository's root, and that actions/checkout ran before this step.`,
    });
  }
  // Always below GITHUB_WORKSPACE as it is spelled, also where the workspace is itself reached through a link.
  return isOutside(given, path) ? join(given, relative(workspace, real)) : path;
}

function realWorkspace(given: string): string {
  try {
    return realpathSync(given);
  } catch (cause) {
    throw new ActionError('no-workspace', `The workspace ${given} is not there.`, {
      remedy: 'Let actions/checkout run before this step, and keep the folder GITHUB_WORKSPACE.',
      cause,
    });
  }
}

function isOutside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}

/** Where a path really leads, also when its last parts do not exist yet; undefined for links that go in circles. */
function realPlace(path: string, hops = 40): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    if (parent === path) return path;
    const folder = realPlace(parent, hops);
    const target = linkTarget(path);
    if (folder === undefined || target === undefined) return folder && join(folder, basename(path));
    return hops === 0 ? undefined : realPlace(resolve(folder, target), hops - 1);
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  } catch {
    return undefined;
  }
}
