import { hasStatus } from '../cluster/api-error.js';
import type { KubeClient } from '../cluster/client.js';
import { annotation, DOMAIN, type KubeObject, keyOf, type ObjectRef, refOf } from '../cluster/object.js';
import type { Applied } from './apply.js';
import { PART_OF } from './apply-set.js';
import { each } from './each.js';

/** Kinds whose deletion takes data, or everybody else's objects, with them. */
const NEVER = new Set([
  'Namespace',
  'PersistentVolumeClaim',
  'PersistentVolume',
  'CustomResourceDefinition',
  'StorageClass',
]);

/** Whether an object may be deleted by a machine. */
export function isProtected(object: KubeObject): boolean {
  return (
    NEVER.has(object.kind) ||
    annotation(object, `${DOMAIN}/protect`) !== '' ||
    annotation(object, 'helm.sh/resource-policy') === 'keep'
  );
}

/** Objects that earlier revisions held and this one does not, each once: candidates, not yet a decision. */
export function leftBehind(earlier: readonly KubeObject[], now: readonly KubeObject[]): ObjectRef[] {
  const kept = new Set(now.map(keyOf));
  const left = new Map(earlier.map((object) => [keyOf(object), refOf(object)]));
  return [...left].flatMap(([key, ref]) => (kept.has(key) ? [] : ref));
}

/**
 * Deletes objects that are in the cluster, carry the label of our ApplySet, belong to nobody else and are not protected.
 * Each is deleted by its uid, so that one which was made anew meanwhile stays.
 * @returns what became of each: `deleted`, or `kept` where a rule protects it
 */
export async function deleteObjects(
  client: KubeClient,
  refs: readonly ObjectRef[],
  applySet: string,
  options: { readonly dryRun: boolean },
): Promise<Applied[]> {
  const done: Applied[] = [];
  await each(refs, async (ref) => {
    const live = await client.get(ref).catch((error: unknown) => {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    });
    if (live === undefined || live.metadata.deletionTimestamp !== undefined) return;
    const ours =
      live.metadata.labels?.[PART_OF] === applySet && (live.metadata.ownerReferences ?? []).length === 0;
    if (!ours || isProtected(live)) {
      done.push({ ref, action: 'kept', before: live, after: live });
      return;
    }
    const { uid } = live.metadata;
    if (!options.dryRun) await client.delete(ref, uid === undefined ? {} : { uid });
    done.push({ ref, action: 'deleted', before: live, after: undefined });
  });
  return done;
}
