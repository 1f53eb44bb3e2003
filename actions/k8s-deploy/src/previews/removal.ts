import { info } from '@fairway/action-kit';
import type { Site } from '../site.js';
import { moveOut, notAPreview } from './dwelling.js';
import { endOf, namespaceFor, type Owner, previewIn } from './ownership.js';
import { tellRemoval } from './telling.js';

/** What became of the environment of a pull request that is closed. */
export type Removal = 'deleted' | 'none' | 'leaving' | 'protected' | 'changed';

/**
 * Deletes the environment of a closed pull request, and says what came of that.
 * @throws ActionError 'not-a-preview' for a namespace that somebody else made
 */
export async function removeOwn(site: Site, owner: Owner, number: number): Promise<Removal> {
  const name = namespaceFor(owner.release, number);
  const removal = await tryToRemove(site, owner, name);
  info(sentenceFor(removal, name, number));
  if (removal === 'deleted') await tellRemoval(site, number, 'closed');
  return removal;
}

async function tryToRemove(site: Site, owner: Owner, name: string): Promise<Removal> {
  const found = await site.client.get({ apiVersion: 'v1', kind: 'Namespace', name });
  if (found === undefined) return 'none';
  const preview = previewIn(found, owner);
  if (preview === undefined) throw notAPreview(found, owner);
  if (found.metadata.deletionTimestamp !== undefined) return 'leaving';
  if (endOf(preview, 'closed', 0) === undefined) return 'protected';
  return (await moveOut(site.client, preview)) ? 'deleted' : 'changed';
}

function sentenceFor(removal: Removal, name: string, number: number): string {
  switch (removal) {
    case 'deleted':
      return `deleted   Namespace ${name}`;
    case 'none':
      return `There is no preview of pull request ${number}.`;
    case 'leaving':
      return `Namespace ${name} is being deleted already.`;
    case 'protected':
      return `Namespace ${name} stays: its annotation fairway-ci.github.io/protect keeps it.`;
    case 'changed':
      return `Namespace ${name} was changed or deleted by somebody in that moment; the next run looks at it again.`;
  }
}
