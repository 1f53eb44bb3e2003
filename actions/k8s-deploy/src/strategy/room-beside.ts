import { ActionError } from '@fairway/action-kit';
import { type KubeObject, keyOf, labelOf } from '../cluster/object.js';
import { previewName } from './candidate.js';
import type { Contender } from './contest.js';
import { CANARY, trackOf } from './track.js';
import { weigh } from './traffic/router.js';
import { previewsOf } from './trial.js';

/**
 * Refuses a trial that would need the names of objects which the release itself has: they would be changed for its time,
 * and stay so when it is given up. Pure.
 * @param own all that the new release and the last good one hold
 * @throws ActionError 'bad-manifest'
 */
export function refuseTakenNames(contenders: readonly Contender[], own: readonly KubeObject[]): void {
  const taken = new Set(own.map(keyOf));
  const clash = besides(contenders).find((object) => taken.has(keyOf(object)));
  if (clash === undefined) return;
  throw new ActionError(
    'bad-manifest',
    `${labelOf(clash)} is in the release, and a version on trial needs that name for a while.`,
    { remedy: `Name it otherwise, or use 'strategy: rolling'.` },
  );
}

/** Everything that a trial makes beside the release. A colour is a part of its release. */
function besides(contenders: readonly Contender[]): KubeObject[] {
  const canaries = contenders.map(({ candidate }) => candidate).filter((one) => trackOf(one) === CANARY);
  const shares = contenders.flatMap(({ routing }) => {
    const previews = new Map(routing.services.map(({ metadata: { name } }) => [name, previewName(name)]));
    return routing.routes.flatMap((route) => {
      const weighted = weigh(route, previews, 1);
      return weighted && keyOf(weighted) !== keyOf(route) ? weighted : [];
    });
  });
  return [...canaries, ...previewsOf(contenders), ...shares];
}
