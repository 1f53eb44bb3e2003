import { info } from '@fairway/action-kit';
import { at, list, tree } from '@fairway/action-kit/tree';
import { type KubeObject, labelOf, refOf } from '../../cluster/object.js';
import type { Site } from '../../site.js';
import { HASH, labelsAt } from '../track.js';
import { routedDeployments, routingOf } from './routing.js';

/** The field manager of what is held for the time of a trial only. */
const MANAGER = 'fairway-trial';

/**
 * Keeps a stable Deployment as it is while its Services are bound to its present pods: paused, so that nobody's restart
 * puts other pods in their place. Pods that die are replaced, and autoscalers are obeyed, as ever.
 */
export async function holdStill(site: Site, stables: readonly KubeObject[]): Promise<void> {
  for (const stable of stables) {
    await site.client.apply(nothingBut(stable, { spec: { paused: true } }), {
      force: true,
      manager: MANAGER,
    });
    info(`${labelOf(stable)} is paused while the new version is on trial.`);
  }
}

/** Lets the Services of a release select by the labels of their manifests again, and its Deployments roll. */
export async function letGo(site: Site, good: readonly KubeObject[]): Promise<void> {
  for (const service of routingOf(good).services) {
    const live = await site.client.get(refOf(service));
    if (live && isBound(live)) await site.client.apply(service, { force: true });
  }
  for (const deployment of routedDeployments(good)) {
    const live = await site.client.get(refOf(deployment));
    if (live && isHeld(live)) await site.client.apply(nothingBut(live), { force: true, manager: MANAGER });
  }
}

/** Whether a Service keeps to the pods of one ReplicaSet: no manifest asks for that, whose hash nobody knows before. */
function isBound(service: KubeObject): boolean {
  return HASH in labelsAt(service, 'spec', 'selector');
}

function isHeld(object: KubeObject): boolean {
  return list(at(object, 'metadata', 'managedFields')).some((entry) => tree(entry).manager === MANAGER);
}

/** An object with these fields alone: applied, its manager gives up all others that it had. */
function nothingBut({ apiVersion, kind, metadata }: KubeObject, fields: object = {}): KubeObject {
  const { name, namespace } = metadata;
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) }, ...fields };
}
