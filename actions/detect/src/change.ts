import type { Context } from '@fairway/action-kit';

export type Change = 'release' | 'proposal' | 'other';

/** What kind of change the event stands for: it decides which stages may act and which may only show. */
export function changeOf(
  context: Pick<Context, 'eventName' | 'ref' | 'defaultBranch' | 'pullRequest'>,
): Change {
  if (context.pullRequest) return 'proposal';
  const onDefault = context.defaultBranch !== '' && context.ref === `refs/heads/${context.defaultBranch}`;
  return onDefault && ['push', 'workflow_dispatch'].includes(context.eventName) ? 'release' : 'other';
}

/**
 * Whether the change was made by someone who can push to this repository. Dependabot's runs get no secrets; a run on its
 * pull request that a person started (by a push to it, by opening it again) gets them, for code that nobody read yet.
 */
export function isTrusted(context: Pick<Context, 'pullRequest' | 'actor'>): boolean {
  const { pullRequest, actor } = context;
  return pullRequest?.fromFork !== true && ![actor, pullRequest?.author].includes('dependabot[bot]');
}
