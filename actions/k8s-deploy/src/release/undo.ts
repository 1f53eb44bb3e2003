import { group, info } from '@fairway/action-kit';
import { observe } from '../apply/observe.js';
import { deleteObjects } from '../apply/prune.js';
import { type KubeObject, keyOf, labelOf } from '../cluster/object.js';
import type { Site } from '../site.js';
import { isHook } from '../source/hooks.js';
import { trackOf } from '../strategy/track.js';
import type { Revision } from './record.js';
import { Rollout, rollOut } from './roll-out.js';

/** What became of going back. */
export type Undoing =
  | { readonly done: false; readonly why: string }
  | {
      readonly done: true;
      readonly to: number;
      readonly rollout: Rollout;
      /** It had served all the time, beside what was on trial. */
      readonly untouched?: boolean;
    };

/**
 * Puts a good revision back: all of its objects, taking away what the bad one created, and waits for it exactly as for
 * a release. Jobs and hooks are not run again: what they did is done.
 */
export async function undo(
  site: Site,
  good: Revision,
  later: readonly Revision[],
  signal: AbortSignal,
): Promise<Extract<Undoing, { done: true }>> {
  const rollout = new Rollout();
  await group(`Go back to revision ${good.number}`, async () =>
    info(`from revision ${later.map(({ number }) => number).join(', ')}`),
  );
  await restore(site, good, later, rollout, signal);
  return { done: true, to: good.number, rollout };
}

/** Applies a revision's objects over those of later ones. A failure is told in `rollout.failure`. */
export async function restore(
  site: Site,
  good: Revision,
  later: readonly Revision[],
  rollout: Rollout,
  signal: AbortSignal,
): Promise<void> {
  const objects = good.objects.filter(isRestorable);
  const seen = await observe(site.client, objects, site.applySet);
  const isColoured = objects.some((object) => trackOf(object) !== '');
  const live = isColoured
    ? await (await import('../strategy/scale-back.js')).scaledAsServing(site, objects, seen)
    : seen;
  // Forced, because what is restored was ours; a field that somebody took over since is part of what went wrong.
  await rollOut(site, objects, rollout, { live, force: true, signal, withSmokeTests: false });
  if (rollout.failure) return;
  const kept = new Set(good.objects.map(keyOf));
  const extra = later.flatMap(({ created }) => created).filter((ref) => !kept.has(keyOf(ref)));
  const distinct = [...new Map(extra.map((ref) => [keyOf(ref), ref])).values()];
  const deleted = await deleteObjects(site.client, distinct, site.applySet, { dryRun: false, mayStay: true });
  for (const one of deleted) info(`${one.action.padEnd(9)} ${labelOf(one.ref)}`);
  rollout.applied.push(...deleted);
}

function isRestorable(object: KubeObject): boolean {
  return object.kind !== 'Job' && !isHook(object);
}
