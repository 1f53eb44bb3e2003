import type { Context } from '@fairway/action-kit';
import { at, string } from '@fairway/action-kit/tree';

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
 * A run that another one's end started has secrets, whoever's change that one was for.
 */
export function isTrusted(
  context: Pick<Context, 'pullRequest' | 'actor' | 'eventName' | 'event' | 'repository'>,
): boolean {
  const { pullRequest, actor, eventName } = context;
  if (eventName === 'workflow_run' && originOf(context.event) !== context.repository) return false;
  return pullRequest?.fromFork !== true && ![actor, pullRequest?.author].includes('dependabot[bot]');
}

/** The repository whose change the first of two runs was for. */
function originOf(event: unknown): string {
  return string(at(event, 'workflow_run', 'head_repository', 'full_name'));
}
