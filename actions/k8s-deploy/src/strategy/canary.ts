import type { KubeObject } from '../cluster/object.js';
import { canaryOf } from './candidate.js';
import { replicasFor } from './steps.js';
import type { Strategy } from './strategy-inputs.js';
import { canarySubjects } from './subjects.js';
import type { TrialPlan } from './trial.js';

/**
 * A canary by replicas: a second Deployment behind the same Services, scaled so that evenly spread requests give it its
 * share. The stable one is not touched, so an autoscaler goes on aiming at it.
 * @throws ActionError 'bad-manifest' for a Deployment that must not run twice
 */
export function canaryPlan(
  objects: readonly KubeObject[],
  before: readonly KubeObject[],
  live: ReadonlyMap<string, KubeObject>,
  { steps, stepMs }: Pick<Strategy, 'steps' | 'stepMs'>,
): TrialPlan {
  const contenders = canarySubjects(objects, before, live).map(({ deployment, stable, services }) => ({
    candidate: canaryOf(deployment, 1),
    stable,
    services,
  }));
  const stages = steps.map((percent) => ({
    title: `Canary at ${percent} %`,
    durationMs: stepMs,
    hasTraffic: true,
    replicas: (_candidate: KubeObject, stable: number) => replicasFor(percent, stable),
  }));
  return { contenders, stages };
}
