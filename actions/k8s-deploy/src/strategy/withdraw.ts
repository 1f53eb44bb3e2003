import { ActionError, group, info } from '@fairway/action-kit';
import type { Applied } from '../apply/apply.js';
import { PART_OF, parentObject } from '../apply/apply-set.js';
import { deleteObjects } from '../apply/prune.js';
import { builtIn, type Resource } from '../cluster/kinds.js';
import { annotation, type KubeObject, keyOf, labelOf, type ObjectRef, refOf } from '../cluster/object.js';
import type { Revision } from '../release/record.js';
import { Rollout } from '../release/roll-out.js';
import type { Undoing } from '../release/undo.js';
import type { Site } from '../site.js';
import { COLOUR_OF, colourIn } from './colour.js';
import { isDeployment } from './subjects.js';
import { TRACK } from './track.js';

const KINDS = [builtIn('apps/v1', 'Deployment'), builtIn('v1', 'Service')] as readonly Resource[];

/** Everything of this release in the cluster that is on trial, was once, or has a colour: whatever run made it. */
export async function onTrack(site: Site, namespaces: ReadonlySet<string>): Promise<KubeObject[]> {
  const labelSelector = `${PART_OF}=${site.applySet},${TRACK}`;
  const found = await Promise.all(
    [...namespaces].flatMap((namespace) =>
      KINDS.map((resource) => site.client.list(resource, namespace, { labelSelector })),
    ),
  );
  return found.flatMap(({ items }) => items);
}

/**
 * Takes away what is on trial, and colours that nobody keeps.
 * @param kept releases whose objects stay: what serves, and what one may want to go back to at once
 */
export async function withdraw(
  site: Site,
  kept: readonly (readonly KubeObject[])[],
  title: string,
): Promise<Applied[]> {
  const stays = new Set(kept.flat().map(keyOf));
  const namespaces = new Set([
    site.namespace,
    ...kept.flat().flatMap(({ metadata }) => metadata.namespace ?? []),
  ]);
  const gone = (await onTrack(site, namespaces)).filter((object) => !stays.has(keyOf(object)));
  return remove(site, gone.map(refOf), title);
}

/**
 * Deployments of earlier releases that a colour has taken the place of: those that rolled before the first colour have
 * no label by which {@link withdraw} would find them.
 */
export function displaced(now: readonly KubeObject[], earlier: readonly Revision[]): ObjectRef[] {
  const names = new Set(
    now.flatMap((object) => {
      const base = annotation(object, COLOUR_OF);
      return base === '' ? [] : `${object.metadata.namespace}/${base}`;
    }),
  );
  const stays = new Set(now.map(keyOf));
  const old = earlier
    .flatMap(({ objects }) => objects.filter(isDeployment))
    .filter((object) => names.has(`${object.metadata.namespace}/${object.metadata.name}`));
  return [...new Map(old.map((object) => [keyOf(object), refOf(object)]))].flatMap(([key, ref]) =>
    stays.has(key) ? [] : ref,
  );
}

export async function remove(site: Site, refs: readonly ObjectRef[], title: string): Promise<Applied[]> {
  if (refs.length === 0) return [];
  return group(title, async () => {
    const done = await deleteObjects(site.client, refs, site.applySet, { dryRun: false });
    for (const { action, ref } of done) info(`${action.padEnd(9)} ${labelOf(ref)}`);
    return done;
  });
}

/**
 * Ends a trial that went badly: the new version goes with all it brought, and the stable one has its Services back.
 * @param kept other releases whose objects stay, such as an old colour
 */
export async function giveUp(
  site: Site,
  good: Revision,
  bad: Revision,
  kept: readonly Revision[],
): Promise<Applied[]> {
  await turnBack(site, good, [bad]);
  const done = await withdraw(
    site,
    [good, ...kept].map(({ objects }) => objects),
    'Take the new version away',
  );
  const stays = new Set([...good.objects.map(keyOf), ...done.map(({ ref }) => keyOf(ref))]);
  const brought = bad.created.filter((ref) => !stays.has(keyOf(ref)));
  const rest = await remove(site, brought, 'Take away what the new version brought');
  await site.client.apply(parentObject(site.release, site.namespace, good.objects), { force: true });
  return [...done, ...rest];
}

/** What decides which pods serve: Services by their selector, autoscalers by the name they look after. */
const TURNING = new Set(['Service', 'HorizontalPodAutoscaler']);

/**
 * Turns everything to the good release, before colours that came to nothing are taken away: a first colour has bound
 * Services to the pods of the stable version, and a run that died after the switch has left them at its own. The good
 * one is there: an old colour is taken away only when the new one is recorded as good.
 */
export async function turnBack(site: Site, good: Revision, bad: readonly Revision[]): Promise<void> {
  if (bad.every(({ objects }) => colourIn(objects) === '')) return;
  for (const object of good.objects.filter(({ kind }) => TURNING.has(kind))) {
    await site.client.apply(object, { force: true });
  }
}

/** As {@link giveUp}, told as a way back. */
export async function abandon(
  site: Site,
  good: Revision,
  bad: Revision,
  kept: readonly Revision[],
): Promise<Undoing> {
  const rollout = new Rollout();
  try {
    rollout.applied.push(...(await giveUp(site, good, bad, kept)));
  } catch (error) {
    if (!(error instanceof ActionError) || error.code === 'unreachable') throw error;
    rollout.failure = { reason: error.message, remedy: error.remedy, findings: [] };
  }
  return { done: true, to: good.number, rollout, untouched: true };
}
