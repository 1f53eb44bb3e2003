import { ActionError, group, info } from '@fairway/action-kit';
import { pause } from '@fairway/exec-kit';
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
import { CANARY, TRACK, trackOf } from './track.js';
import { returnTraffic } from './traffic/shift.js';
import { letGo } from './traffic/stillness.js';

const KINDS = [builtIn('apps/v1', 'Deployment'), builtIn('v1', 'Service')] as readonly Resource[];
const INGRESSES = builtIn('networking.k8s.io/v1', 'Ingress') as Resource;
/**
 * Milliseconds for an ingress controller to learn that a version gets no more requests, before it goes; of a job that is
 * cancelled there are not as many left.
 */
const DRAIN_MS = { usual: 5_000, cancelled: 2_000 };

/** Everything of this release in the cluster that is on trial, was once, or has a colour: whatever run made it. */
export async function onTrack(
  site: Site,
  namespaces: ReadonlySet<string>,
  kinds: readonly Resource[] = KINDS,
): Promise<KubeObject[]> {
  const labelSelector = `${PART_OF}=${site.applySet},${TRACK}`;
  const found = await Promise.all(
    [...namespaces].flatMap((namespace) =>
      kinds.map((resource) => site.client.list(resource, namespace, { labelSelector })),
    ),
  );
  return found.flatMap(({ items }) => items);
}

/**
 * Takes away what is on trial, and colours that nobody keeps: first its share of the requests, then its pods, and last
 * its Services, by which a later run can tell that this was not done to the end.
 * @param kept releases whose objects stay: what serves, and what one may want to go back to at once
 * @param good what gets all the requests again; undefined where it has them already
 */
export async function withdraw(
  site: Site,
  kept: readonly (readonly KubeObject[])[],
  title: string,
  good?: Revision,
): Promise<Applied[]> {
  const stays = new Set(kept.flat().map(keyOf));
  const namespaces = new Set([
    site.namespace,
    ...kept.flat().flatMap(({ metadata }) => metadata.namespace ?? []),
  ]);
  // Only a release with an Ingress can have one on trial, and only then is there a right to list them.
  const kinds = kept.flat().some(({ kind }) => kind === INGRESSES.kind) ? [...KINDS, INGRESSES] : KINDS;
  const gone = (await onTrack(site, namespaces, kinds)).filter((object) => !stays.has(keyOf(object)));
  const of = (kind: string) => gone.filter((object) => object.kind === kind).map(refOf);
  const wasCanary = good !== undefined && gone.some((object) => trackOf(object) === CANARY);
  const returned = wasCanary && (await returnTraffic(site, good.objects));
  const shares = await remove(site, of('Ingress'), 'Take its share of the requests away');
  if (returned || shares.length > 0)
    await pause(site.cancelled.aborted ? DRAIN_MS.cancelled : DRAIN_MS.usual);
  const pods = await remove(site, of('Deployment'), title);
  // Also where nothing is on trial: it may have ended between the binding and the first pod.
  if (good !== undefined) await letGo(site, good.objects);
  const services = await remove(site, of('Service'), 'Take its Services away');
  return [...shares, ...pods, ...services];
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
    good,
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
