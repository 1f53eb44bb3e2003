import { type KubeObject, keyOf } from '../cluster/object.js';
import { canaryOf } from './candidate.js';
import type { Contender } from './contest.js';
import { replicasFor, replicasForWeight } from './steps.js';
import type { Strategy } from './strategy-inputs.js';
import { canarySubjects } from './subjects.js';
import { demandRoutes, isRouted, NO_ROUTING, routingBetween } from './traffic/routing.js';
import type { TrialPlan } from './trial.js';

/**
 * A canary: a second Deployment. Where routes of the release lead to its Services, they give it its share by weight, and
 * the Services keep to the stable pods. Where there are none it stands behind the same Services, scaled so that evenly
 * spread requests give it its share. The stable one is not touched, so an autoscaler goes on aiming at it.
 * @throws ActionError 'bad-manifest' for a Deployment that must not run twice; 'bad-input' for a missing route
 */
export function canaryPlan(
  objects: readonly KubeObject[],
  before: readonly KubeObject[],
  live: ReadonlyMap<string, KubeObject>,
  { steps, stepMs, traffic }: Pick<Strategy, 'steps' | 'stepMs' | 'traffic'>,
): TrialPlan {
  const contenders = canarySubjects(objects, before, live).map(
    ({ deployment, stable, services }): Contender => {
      const routing = traffic === 'replicas' ? NO_ROUTING : routingBetween(before, objects, services);
      return { candidate: canaryOf(deployment, 1), stable, services, routing };
    },
  );
  if (traffic === 'weights') demandRoutes(contenders);
  const routed = new Set(contenders.filter(isRouted).map(({ candidate }) => keyOf(candidate)));
  const stages = steps.map((percent) => ({
    title: `Canary at ${percent} %`,
    durationMs: stepMs,
    hasTraffic: true,
    percent,
    replicas: (candidate: KubeObject, stable: number) =>
      routed.has(keyOf(candidate)) ? replicasForWeight(percent, stable) : replicasFor(percent, stable),
  }));
  return { contenders, stages };
}
