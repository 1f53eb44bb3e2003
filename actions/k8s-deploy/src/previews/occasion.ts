import type { Context } from '@fairway/action-kit';
import { at } from '../cluster/tree.js';

/** What a run is there for. */
export type Occasion =
  | { readonly kind: 'deploy' | 'remove' | 'fork'; readonly number: number }
  /** Any other event: what was missed is made up for. */
  | { readonly kind: 'sweep' };

/** Pure. A pull request from a fork gets nothing, whichever event lends it this repository's secrets. */
export function occasionOf({ pullRequest, event }: Pick<Context, 'pullRequest' | 'event'>): Occasion {
  if (pullRequest === undefined) return { kind: 'sweep' };
  const { number, fromFork } = pullRequest;
  if (fromFork) return { kind: 'fork', number };
  const isClosed = at(event, 'action') === 'closed' || at(event, 'pull_request', 'state') === 'closed';
  return { kind: isClosed ? 'remove' : 'deploy', number };
}
