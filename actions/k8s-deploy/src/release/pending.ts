import { type KubeObject, keyOf, refOf } from '../cluster/object.js';
import type { Site } from '../site.js';
import type { History } from './history.js';
import type { Revision } from './record.js';

/** The record of a release that is about to begin: with what it will create, so that whoever finds it can undo it. */
export function pendingRevision(
  site: Site,
  history: History,
  objects: readonly KubeObject[],
  live: ReadonlyMap<string, KubeObject>,
): Revision {
  const { sha, runUrl, actor } = site.run;
  return {
    release: site.release,
    namespace: site.namespace,
    number: history.nextNumber,
    state: 'pending',
    objects,
    created: objects.filter((object) => !live.has(keyOf(object))).map(refOf),
    about: {
      commit: sha,
      run: runUrl,
      actor,
      images: Object.fromEntries(site.inputs.images.map(({ name, reference }) => [name, reference])),
      startedAt: site.client.connection.now().toISOString(),
      reason: '',
      strategy: site.inputs.strategy.kind,
    },
  };
}

/** Whether two releases ask for the same, in whatever order. */
export function isSameRelease(a: readonly KubeObject[], b: readonly KubeObject[]): boolean {
  const sorted = (objects: readonly KubeObject[]) =>
    JSON.stringify(objects.toSorted((x, y) => keyOf(x).localeCompare(keyOf(y))));
  return sorted(a) === sorted(b);
}

/**
 * Whether a release has nothing in common with the one before it: then it is hardly the same thing, but another one that
 * goes by the same name.
 */
export function isAnotherThing(before: readonly KubeObject[], now: readonly KubeObject[]): boolean {
  const known = new Set(before.map(keyOf));
  return before.length > 0 && !now.some((object) => known.has(keyOf(object)));
}
