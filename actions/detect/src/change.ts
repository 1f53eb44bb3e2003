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

/** Whether the change was made by someone who can push to this repository. Dependabot's runs get no secrets either. */
export function isTrusted(context: Pick<Context, 'pullRequest' | 'actor'>): boolean {
  return context.pullRequest?.fromFork !== true && context.actor !== 'dependabot[bot]';
}
