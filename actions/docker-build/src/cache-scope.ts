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
  const scope = (name: string) => `${toTag(name).slice(0, 80) || 'any'}${suffix}`;
  const branches = [context.pullRequest?.baseRef ?? '', context.defaultBranch].filter((name) => name !== '');
  const own =
    given ||
    (context.pullRequest?.headRef ??
      (context.refType === 'branch' ? context.refName : context.defaultBranch));
  return { own: scope(own), fallback: branches.map(scope) };
}
