import { ActionError, messageOf, warning } from '@fairway/action-kit';
import { hasStatus } from '../cluster/api-error.js';
import type { KubeClient } from '../cluster/client.js';
import {
  annotation,
  DOMAIN,
  type KubeObject,
  keyOf,
  labelOf,
  type ObjectRef,
  refOf,
} from '../cluster/object.js';
import type { Applied } from './apply.js';
import { PART_OF } from './apply-set.js';
import { each } from './each.js';

/** Kinds whose deletion takes data, or everybody else's objects, with them. */
export const NEVER_DELETED: ReadonlySet<string> = new Set([
  'Namespace',
  'PersistentVolumeClaim',
  'PersistentVolume',
  'CustomResourceDefinition',
  'StorageClass',
]);

/** Whether an object may be deleted by a machine. */
export function isProtected(object: KubeObject): boolean {
  return (
    NEVER_DELETED.has(object.kind) ||
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
 * @param options `mayStay`: one that this account may not read or delete stays, with a warning. Nobody asked for the
 * rights on kinds that the manifests no longer hold, and no release is bad for what an earlier one has left
 * @returns what became of each: `deleted`, or `kept` where a rule protects it
 */
export async function deleteObjects(
  client: KubeClient,
  refs: readonly ObjectRef[],
  applySet: string,
  options: DeleteOptions,
): Promise<Applied[]> {
  const done: Applied[] = [];
  await each(refs, async (ref) => {
    const live = await client.get(ref).catch((error: unknown) => unseen(ref, error, options));
    if (live === undefined || live.metadata.deletionTimestamp !== undefined) return;
    const ours =
      live.metadata.labels?.[PART_OF] === applySet && (live.metadata.ownerReferences ?? []).length === 0;
    const isDeleted =
      ours && !isProtected(live) && (options.dryRun || (await removed(client, live, options)));
    done.push(
      isDeleted
        ? { ref, action: 'deleted', before: live, after: undefined }
        : { ref, action: 'kept', before: live, after: live },
    );
  });
  return done;
}

interface DeleteOptions {
  readonly dryRun: boolean;
  readonly mayStay?: boolean;
}

/** What cannot be looked at. A kind that the cluster no longer has took its objects with it. */
function unseen(ref: ObjectRef, error: unknown, { dryRun, mayStay }: DeleteOptions): undefined {
  if (error instanceof ActionError && error.code === 'unknown-kind') return undefined;
  if (!mayStay || !hasStatus(error, 403)) throw error;
  if (!dryRun) tellKept(ref, error);
  return undefined;
}

async function removed(client: KubeClient, live: KubeObject, { mayStay }: DeleteOptions): Promise<boolean> {
  const { uid } = live.metadata;
  try {
    await client.delete(refOf(live), uid === undefined ? {} : { uid });
    return true;
  } catch (error) {
    if (!mayStay || !hasStatus(error, 403)) throw error;
    tellKept(live, error);
    return false;
  }
}

function tellKept(object: ObjectRef | KubeObject, error: unknown): void {
  warning(`${labelOf(object)} was to be deleted, and stays: ${messageOf(error)}`, {
    title: 'Left in the cluster',
  });
}
