import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { md, type Section, warning } from '@fairway/action-kit';
import { which } from '@fairway/exec-kit';
import { fromRoot } from '@fairway/scan-kit';
import { ask, openHistory } from './history.js';
import type { Scope } from './scanner.js';

/** The scanners' own files of exceptions. Sources: the documentation of gitleaks, hadolint and zizmor. */
const SETTINGS = /(?:^|\/)(?:\.gitleaks\.toml|\.gitleaksignore|\.hadolint\.ya?ml|zizmor\.ya?ml)$/;

/** Their comments, as an extended regular expression of git's. */
const COMMENTS = '(gitleaks:allow|zizmor: *ignore|hadolint +(global +)?ignore)';

/**
 * The files in which a pull request changes what is let through. It brings its own exceptions, and they count: so a
 * reviewer is to see them as they would see the finding. None where there is no history, or none of it is between.
 */
export async function changedExceptions({ inputs, root, temp }: Scope): Promise<string[]> {
  if (!existsSync(join(root, '.git')) || (await which('git')) === undefined) return [];
  const history = await openHistory(root, temp);
  if (history.base === undefined) return [];
  const changed = async (...options: string[]) => {
    const args = ['diff', '--name-only', '-z', ...options, `${history.base}...HEAD`, '--'];
    const { exitCode, stdout } = await ask(history, args);
    return exitCode === 0 ? stdout.split('\0').filter(Boolean) : [];
  };
  const waivers = inputs.waivers === '' ? '' : fromRoot(root, inputs.waivers);
  const settings = (await changed()).filter((path) => path === waivers || SETTINGS.test(path));
  const comments = await changed('-G', COMMENTS);
  return [...new Set([...settings, ...comments])].toSorted();
}

/** GitHub shows ten warnings of a step; the findings need some. */
const SHOWN = 5;

/** Tells of them on the files themselves, and as a part of summary and comment. */
export function tellExceptions(paths: readonly string[]): Section[] {
  if (paths.length === 0) return [];
  const what = 'This pull request changes what the scanners let through';
  for (const file of paths.slice(0, SHOWN)) {
    warning(`${what}. Review it as you would review the finding.`, { title: 'Exceptions', file });
  }
  const named = paths.slice(0, 20).map(md.code).join(', ');
  const more = paths.length > 20 ? ` and ${paths.length - 20} more` : '';
  return [{ title: 'exceptions', priority: 105, body: `⚠️ ${what}: ${named}${more}.` }];
}
