import { ActionError } from '@fairway/action-kit';
import { hasStatus } from '../cluster/api-error.js';
import type { KubeClient } from '../cluster/client.js';
import { builtIn, type Resource } from '../cluster/kinds.js';
import { type KubeObject, keyOf, labelOf } from '../cluster/object.js';
import { PARENT_ID, PART_OF } from './apply-set.js';

const CONFIG_MAPS = builtIn('v1', 'ConfigMap') as Resource;

/**
 * Refuses objects that another release holds: all releases apply as one field manager, so that no conflict would show, and
 * each would undo what the other wants, or delete it. What has no namespace may be in several, as in an environment each.
 * @param live the objects as the cluster has them, by key
 * @throws ActionError 'belongs-to-another'
 */
export async function refuseForeign(
  client: KubeClient,
  objects: readonly KubeObject[],
  live: ReadonlyMap<string, KubeObject>,
  applySet: string,
): Promise<void> {
  const foreign = objects.flatMap((object) => {
    const id = live.get(keyOf(object))?.metadata.labels?.[PART_OF] ?? applySet;
    return object.metadata.namespace === undefined || id === applySet ? [] : { object, id };
  });
  const [first] = foreign;
  if (first === undefined) return;
  const names = foreign.map(({ object }) => labelOf(object)).join(', ');
  const whose = await nameOf(client, first.object.metadata.namespace, first.id);
  throw new ActionError('belongs-to-another', `${names} belongs to another release: ${whose}.`, {
    remedy:
      "Nothing was changed. Leave it in one of the two releases. Where this release takes over from that one (it was renamed), add 'force-conflicts: true' once.",
  });
}

/** The parent of a set carries its id; it is in the namespace of its release, which may be another one. */
async function nameOf(client: KubeClient, namespace: string | undefined, id: string): Promise<string> {
  const labelSelector = `${PARENT_ID}=${id}`;
  const { items } = await client.list(CONFIG_MAPS, namespace, { labelSelector }).catch((error: unknown) => {
    if (hasStatus(error, 403)) return { items: [] };
    throw error;
  });
  return items[0]?.metadata.name.replace(/^fairway\./, '') ?? `the ApplySet ${id}`;
}
