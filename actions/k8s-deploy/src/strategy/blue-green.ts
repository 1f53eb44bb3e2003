import { info } from '@fairway/action-kit';
import { builtIn, type Resource } from '../cluster/kinds.js';
import { annotation, type KubeObject, keyOf, labelOf, refOf } from '../cluster/object.js';
import { at, number, tree } from '../cluster/tree.js';
import type { Site } from '../site.js';
import { isSameThing, leastReplicas } from './colour.js';
import type { Contender } from './contest.js';
import type { Strategy } from './strategy-inputs.js';
import { isDeployment } from './subjects.js';
import { labelsAt, podSelector, selects, TRACK, trackOf } from './track.js';
import type { TrialPlan } from './trial.js';

const REPLICA_SETS = builtIn('apps/v1', 'ReplicaSet') as Resource;
const HASH = 'pod-template-hash';
const REVISION = 'deployment.kubernetes.io/revision';

/**
 * The new colour in full beside the old one: as many replicas as serve now, so that the switch changes the version and
 * nothing else.
 * @param objects the new release in its colour
 * @param stables the Deployments of the last good release, as the cluster has them
 */
export function blueGreenPlan(
  objects: readonly KubeObject[],
  stables: readonly KubeObject[],
  { stepMs }: Pick<Strategy, 'stepMs'>,
): TrialPlan {
  const contenders = objects.filter(isDeployment).flatMap((candidate): Contender[] => {
    if (trackOf(candidate) === '') return [];
    const stable = stables.find((one) => isSameThing(one, candidate));
    if (!stable || number(at(stable, 'spec', 'replicas'), 1) === 0) return [];
    return [{ candidate, stable, services: servicesOf(candidate, objects) }];
  });
  const replicas = (candidate: KubeObject, stable: number) =>
    Math.max(stable, number(at(candidate, 'spec', 'replicas'), 1), leastReplicas(candidate, objects));
  const track = contenders[0] ? trackOf(contenders[0].candidate) : '';
  return {
    contenders,
    stages: [
      { title: `Colour ${track}, not yet switched to`, durationMs: stepMs, hasTraffic: false, replicas },
    ],
  };
}

function servicesOf(candidate: KubeObject, objects: readonly KubeObject[]): KubeObject[] {
  const labels = labelsAt(candidate, 'spec', 'template', 'metadata', 'labels');
  return objects.filter((object) => {
    const selector = labelsAt(object, 'spec', 'selector');
    return object.kind === 'Service' && selector[TRACK] === labels[TRACK] && selects(selector, labels);
  });
}

/**
 * Before the first colour there is a Service that selects by labels which the new pods have too. It is bound to the
 * pods of the stable version, by the hash that their ReplicaSet gives them, until the switch takes its place.
 * @param before the last good release
 */
export async function bindToStable(
  site: Site,
  contenders: readonly Contender[],
  before: readonly KubeObject[],
): Promise<void> {
  for (const { stable, services } of contenders) {
    const named = new Set(services.map(keyOf));
    for (const service of before.filter((object) => named.has(keyOf(object)))) {
      const selector = labelsAt(service, 'spec', 'selector');
      if (TRACK in selector) continue;
      const hash = await hashOf(site, stable);
      if (hash === undefined) continue;
      const spec = { ...tree(service.spec), selector: { ...selector, [HASH]: hash } };
      await site.client.apply({ ...service, spec }, { force: true });
      info(`${labelOf(service)} keeps to the pods of ${labelOf(stable)} (${HASH} ${hash}) until the switch.`);
    }
  }
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

/** The Deployments of a release as the cluster has them now. */
export async function liveDeployments(site: Site, objects: readonly KubeObject[]): Promise<KubeObject[]> {
  const found = await Promise.all(
    objects.filter(isDeployment).map((object) => site.client.get(refOf(object))),
  );
  return found.filter((object) => object !== undefined);
}
