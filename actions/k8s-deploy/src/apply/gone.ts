import { ActionError } from '@fairway/action-kit';
import { at, number } from '@fairway/action-kit/tree';
import { pause } from '@fairway/exec-kit';
import type { KubeClient } from '../cluster/client.js';
import { type KubeObject, labelOf, refOf } from '../cluster/object.js';
import { NEVER_DELETED } from './prune.js';

const LOOK_MS = 250;
/** How long finalizers may take beyond the time that pods have to end. */
const FINALIZERS_MS = 60_000;

/** Whether something else keeps an object for as long as it is used, so that it is no use to wait for its end. */
export function staysWhileUsed({ kind }: KubeObject): boolean {
  return NEVER_DELETED.has(kind);
}

/** Waits until an object that is being deleted is gone, with its pods. @throws ActionError 'not-deleted' */
export async function whenGone(client: KubeClient, leaving: KubeObject): Promise<void> {
  const { name, namespace, uid } = leaving.metadata;
  const patienceMs = graceMs(leaving) + FINALIZERS_MS;
  for (const began = performance.now(); performance.now() - began < patienceMs; ) {
    const left = await client.get(refOf(leaving));
    if (left === undefined || left.metadata.uid !== uid) return;
    await pause(LOOK_MS);
  }
  const place = namespace === undefined ? '' : `-n ${namespace} `;
  throw new ActionError(
    'not-deleted',
    `${labelOf(leaving)} has to be made anew, and the old one does not go away.`,
    {
      remedy: `See its finalizers with 'kubectl ${place}get ${leaving.kind.toLowerCase()} ${name} -o yaml'.`,
    },
  );
}

/** What its pods have to end. */
function graceMs(object: KubeObject): number {
  const podSpec = object.kind === 'Pod' ? object.spec : at(object, 'spec', 'template', 'spec');
  return 1_000 * number(at(podSpec, 'terminationGracePeriodSeconds'), podSpec === undefined ? 0 : 30);
}
