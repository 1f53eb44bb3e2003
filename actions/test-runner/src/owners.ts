import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One line of a CODEOWNERS file. */
export interface Ownership {
  readonly pattern: RegExp;
  readonly owners: readonly string[];
}

/** Where GitHub looks, in its order. Source: docs, "About code owners". */
const PLACES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

/** GitHub's own limit of such a file. */
const CHARACTERS = 3 * 1024 * 1024;

/** The owners that the repository names; empty where it names none. */
export function readOwners(workspace: string): Ownership[] {
  for (const place of PLACES) {
    try {
      return parseOwners(readFileSync(join(workspace, place), 'utf8').slice(0, CHARACTERS));
    } catch {}
  }
  return [];
}

export function parseOwners(text: string): Ownership[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [pattern = '', ...owners] = line
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .split(/(?<!\\)\s+/);
    return pattern === '' ? [] : [{ pattern: matcher(pattern), owners }];
  });
}

/** The last pattern that matches decides; one without owners takes them away. */
export function ownersOf(file: string, ownerships: readonly Ownership[]): readonly string[] {
  return ownerships.findLast(({ pattern }) => pattern.test(file))?.owners ?? [];
}

/** Patterns are those of .gitignore, without `!` and `[ ]`: a slash anywhere but at the end ties one to the root. */
function matcher(pattern: string): RegExp {
  const tied = pattern.slice(0, -1).includes('/');
  const body = pattern
    .replace(/^\//, '')
    .replace(/\/$/, '/**')
    .split(/(\*\*\/|\/\*\*|\*|\?|\\.)/)
    .map((part) => {
      if (part === '**/') return '(?:.*/)?';
      if (part === '/**') return '/.*';
      if (part === '*') return '[^/]*';
      if (part === '?') return '[^/]';
      return (part.startsWith('\\') ? part.slice(1) : part).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    })
    .join('');
  // A name stands for a file or for all below a folder; `dir/*` is only what is right in it.
  return new RegExp(`^${tied ? '' : '(?:.*/)?'}${body}${pattern.endsWith('/*') ? '' : '(?:/.*)?'}$`);
}
