import type { Context } from '@fairway/action-kit';
import { at } from '@fairway/action-kit/tree';

/** What a run is there for. */
export type Occasion =
  | { readonly kind: 'deploy' | 'remove' | 'untrusted'; readonly number: number }
  /** Any other event: what was missed is made up for. */
  | { readonly kind: 'sweep' };

const DEPENDABOT = 'dependabot[bot]';

/**
 * Pure. A pull request from a fork, or of Dependabot with code from anywhere, gets nothing, whichever event lends it this
 * repository's secrets.
 */
export function occasionOf({ pullRequest, event }: Pick<Context, 'pullRequest' | 'event'>): Occasion {
  if (pullRequest === undefined) return { kind: 'sweep' };
  const { number, fromFork, author } = pullRequest;
  if (fromFork || author === DEPENDABOT) return { kind: 'untrusted', number };
  const isClosed = at(event, 'action') === 'closed' || at(event, 'pull_request', 'state') === 'closed';
  return { kind: isClosed ? 'remove' : 'deploy', number };
}
