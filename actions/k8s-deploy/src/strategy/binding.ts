import { info } from '@fairway/action-kit';
import { tree } from '@fairway/action-kit/tree';
import { builtIn, type Resource } from '../cluster/kinds.js';
import { annotation, type KubeObject, keyOf, labelOf } from '../cluster/object.js';
import type { Site } from '../site.js';
import { HASH, labelsAt, podSelector, TRACK } from './track.js';

const REPLICA_SETS = builtIn('apps/v1', 'ReplicaSet') as Resource;
const REVISION = 'deployment.kubernetes.io/revision';

/**
 * Binds Services that select by labels which the new pods have too to the pods of the stable version, by the hash that
 * their ReplicaSet gives them: with a canary by weight for as long as it is on trial, with blue-green until the switch.
 * @param before the last good release
 * @returns the hashes that they are bound to
 */
export async function bindToStable(
  site: Site,
  versions: readonly { readonly stable: KubeObject; readonly services: readonly KubeObject[] }[],
  before: readonly KubeObject[],
): Promise<ReadonlySet<string>> {
  const bound = new Set<string>();
  for (const { stable, services } of versions) {
    const named = new Set(services.map(keyOf));
    for (const service of before.filter((object) => named.has(keyOf(object)))) {
      const selector = labelsAt(service, 'spec', 'selector');
      if (TRACK in selector) continue;
      const hash = await hashOf(site, stable);
      if (hash === undefined) continue;
      bound.add(hash);
      const spec = { ...tree(service.spec), selector: { ...selector, [HASH]: hash } };
      await site.client.apply({ ...service, spec }, { force: true });
      info(
        `${labelOf(service)} keeps to the pods of ${labelOf(stable)} (${HASH} ${hash}) while the new ones are on trial.`,
      );
    }
  }
  return bound;
}

async function hashOf(site: Site, deployment: KubeObject): Promise<string | undefined> {
  const { items } = await site.client.list(REPLICA_SETS, deployment.metadata.namespace, {
    labelSelector: podSelector(deployment),
  });
  const revision = annotation(deployment, REVISION);
  const current = items.find(
    (set) =>
      annotation(set, REVISION) === revision &&
      set.metadata.ownerReferences?.some(({ uid }) => uid === deployment.metadata.uid),
  );
  return current?.metadata.labels?.[HASH];
}
