import { createHash } from 'node:crypto';
import type { Context } from '@fairway/action-kit';
import { toTag } from '@fairway/image-registry';

/**
 * The cache scopes of a build: one's own branch (and platforms, where they are named), and where to look besides. A
 * pull request reads its own branch's, its base's and the default branch's.
 */
export function cacheScopes(
  context: Context,
  platforms: readonly string[],
  given: string,
): { readonly own: string; readonly fallback: readonly string[] } {
  const suffix = platforms.length === 0 ? '' : `-${toTag(platforms.join('-'))}`;
  const scope = (name: string) => `${ownName(name)}${suffix}`;
  const branches = [context.pullRequest?.baseRef ?? '', context.defaultBranch].filter((name) => name !== '');
  const own =
    given ||
    (context.pullRequest?.headRef ??
      (context.refType === 'branch' ? context.refName : context.defaultBranch));
  return { own: scope(own), fallback: branches.map(scope) };
}

/**
 * A legal name that no other branch has: `feature/a` is not `feature-a`, and what was built on `main-` is not read for
 * `main`.
 */
function ownName(name: string): string {
  const legal = toTag(name).slice(0, 80);
  if (legal === name) return legal;
  return `${legal}_${createHash('sha256').update(name).digest('hex').slice(0, 8)}`.replace(/^_/, 'any_');
}
