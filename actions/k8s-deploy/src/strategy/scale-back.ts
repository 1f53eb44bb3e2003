import { at, number, tree } from '@fairway/action-kit/tree';
import { type KubeObject, keyOf } from '../cluster/object.js';
import type { Site } from '../site.js';
import { isSameThing } from './colour.js';
import { isDeployment } from './subjects.js';
import { trackOf } from './track.js';
import { onTrack } from './withdraw.js';

/**
 * Before a Service turns back to an old colour, that one has to be as large as the one that serves: since the switch the
 * autoscaler has looked after the new one only.
 * @param objects the release to go back to
 * @param live its objects as the cluster has them
 * @returns the same, where a colour of the release counts as scaled as what serves in its place
 */
export async function scaledAsServing(
  site: Site,
  objects: readonly KubeObject[],
  live: ReadonlyMap<string, KubeObject>,
): Promise<ReadonlyMap<string, KubeObject>> {
  const colours = objects.filter((object) => isDeployment(object) && trackOf(object) !== '');
  if (colours.length === 0) return live;
  const serving = (await onTrack(site, new Set([site.namespace]))).filter(isDeployment);
  return new Map([...live, ...colours.map((colour) => scaled(colour, live.get(keyOf(colour)), serving))]);
}

/** Pure. */
export function scaled(
  colour: KubeObject,
  live: KubeObject | undefined,
  serving: readonly KubeObject[],
): readonly [string, KubeObject] {
  const others = serving.filter((one) => isSameThing(one, colour));
  const sizes = [...others, ...(live ? [live] : [])].map((one) => number(at(one, 'spec', 'replicas')));
  const known = live ?? colour;
  const replicas = Math.max(0, ...sizes);
  // The cluster does not have it so: without who holds which field, nothing can be taken for being in effect already.
  const { managedFields: _managed, ...unheld } = known.metadata;
  const metadata = replicas === number(at(live, 'spec', 'replicas')) ? known.metadata : unheld;
  return [keyOf(colour), { ...known, metadata, spec: { ...tree(known.spec), replicas } }];
}
