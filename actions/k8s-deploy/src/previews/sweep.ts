import { group, info } from '@fairway/action-kit';
import type { Site } from '../site.js';
import { findPreviews, moveOut } from './dwelling.js';
import { endOf, type Owner, type Preview } from './ownership.js';
import { lookUp } from './pull-request.js';
import { tellRemoval } from './telling.js';

/** What a sweep found, and what it took away. */
export interface Sweep {
  readonly kept: readonly Preview[];
  readonly removed: readonly string[];
}

/**
 * Removes the environments whose pull request is closed or whose time is up, however the run that should have done so
 * was lost. A pull request that GitHub does not tell of counts as open.
 * @param except the pull request whose environment is being made
 * @throws ActionError 'forbidden' when the token may not look at pull requests
 */
export async function sweep(site: Site, owner: Owner, except?: number): Promise<Sweep> {
  const previews = await findPreviews(site.client, owner);
  const others = previews.filter(({ number }) => number !== except);
  if (others.length === 0) return { kept: [], removed: [] };
  return group(`Look after ${others.length} other previews`, async () => {
    const kept: Preview[] = [];
    const removed: string[] = [];
    for (const preview of others) {
      const { name } = preview.namespace.metadata;
      const { state } = await lookUp(site, preview.number);
      const end = endOf(preview, state, site.client.connection.now().getTime());
      if (end !== undefined && (await moveOut(site.client, preview))) {
        info(
          `deleted   Namespace ${name} (${end === 'closed' ? 'its pull request is closed' : 'its time is up'})`,
        );
        removed.push(name);
        await tellRemoval(site, preview.number, end);
      } else kept.push(preview);
    }
    return { kept, removed };
  });
}
