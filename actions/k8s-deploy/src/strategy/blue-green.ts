import { at, number } from '@fairway/action-kit/tree';
import { type KubeObject, refOf } from '../cluster/object.js';
import type { Site } from '../site.js';
import { isSameThing, leastReplicas } from './colour.js';
import type { Contender } from './contest.js';
import type { Strategy } from './strategy-inputs.js';
import { isDeployment } from './subjects.js';
import { labelsAt, selects, TRACK, trackOf } from './track.js';
import { NO_ROUTING } from './traffic/routing.js';
import type { TrialPlan } from './trial.js';

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
    return [{ candidate, stable, services: servicesOf(candidate, objects), routing: NO_ROUTING }];
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

/** The Deployments of a release as the cluster has them now. */
export async function liveDeployments(site: Site, objects: readonly KubeObject[]): Promise<KubeObject[]> {
  const found = await Promise.all(
    objects.filter(isDeployment).map((object) => site.client.get(refOf(object))),
  );
  return found.filter((object) => object !== undefined);
}
