import { info } from '@fairway/action-kit';
import { deleteObjects, leftBehind } from '../apply/prune.js';
import { type KubeObject, keyOf, labelOf, type ObjectRef } from '../cluster/object.js';
import type { Site } from '../site.js';
import type { History } from './history.js';
import type { Rollout } from './roll-out.js';

/**
 * Marks revisions whose run died.
 * @returns what was created since the last good revision, to be taken away if this release does not hold it
 */
export async function closeInterrupted(history: History): Promise<ObjectRef[]> {
  for (const { number, about, state } of history.sinceLastGood) {
    if (state !== 'pending' && state !== 'interrupted') continue;
    info(`Revision ${number} was interrupted (${about.run}); this release takes its place.`);
  }
  for (const revision of history.interrupted) {
    await history.mark(revision, 'interrupted', 'its run ended before the rollout did');
  }
  for (const revision of history.sinceLastGood.filter(({ state }) => state === 'paused')) {
    info(
      `Revision ${revision.number} was left on trial, and nobody promoted it; this release takes its place.`,
    );
    await history.mark(revision, 'interrupted', 'another release took its place while it was on trial');
  }
  return history.sinceLastGood.flatMap(({ created }) => created);
}

/** Takes away what interrupted and failed releases left and, where asked, what the manifests no longer hold. */
export async function clearLeftovers(
  site: Site,
  history: History,
  objects: readonly KubeObject[],
  strays: readonly ObjectRef[],
  rollout: Rollout,
): Promise<ObjectRef[]> {
  const now = new Set(objects.map(keyOf));
  const stray = new Map(strays.filter((ref) => !now.has(keyOf(ref))).map((ref) => [keyOf(ref), ref]));
  const earlier = new Map(
    leftBehind(
      history.revisions.flatMap((r) => r.objects),
      objects,
    ).map((ref) => [keyOf(ref), ref]),
  );
  const doomed = site.inputs.prune ? new Map([...earlier, ...stray]) : stray;
  const deleted = await deleteObjects(site.client, [...doomed.values()], site.applySet, {
    dryRun: false,
    mayStay: true,
  });
  for (const one of deleted) info(`${one.action.padEnd(9)} ${labelOf(one.ref)}`);
  rollout.applied.push(...deleted);
  if (site.inputs.prune) return [];
  const left = await deleteObjects(
    site.client,
    [...earlier.values()].filter((ref) => !stray.has(keyOf(ref))),
    site.applySet,
    { dryRun: true, mayStay: true },
  );
  return left.filter(({ action }) => action === 'deleted').map(({ ref }) => ref);
}
