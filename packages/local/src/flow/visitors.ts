import type { Assertion, Environment, Scenario } from '../scenarios/scenario.js';
import { type EnvironmentView, viewEnvironment } from './environment-view.js';
import type { Observation } from './observation.js';
import type { Parts } from './parts.js';
import { type Rush, rush } from './rush.js';
import { countedTraffic, type PodTraffic } from './traffic-view.js';
import { keepVigil, type Vigil } from './vigil.js';

/** The environments that assertions of a kind are about. Pure. */
export function environmentsOf(scenario: Scenario, kind: Assertion['kind']): readonly Environment[] {
  return scenario.assertions.flatMap((assertion) =>
    assertion.kind === kind && 'environment' in assertion ? [assertion.environment] : [],
  );
}

/**
 * Where visitors come while a change is carried: wherever an assertion is about them, and to production when a release
 * gets there, since a canary that nobody asks anything is not promoted. Pure.
 */
export function visited(scenario: Scenario, before: Observation): ReadonlySet<Environment> {
  const places = new Set(environmentsOf(scenario, 'serves-throughout'));
  const isReleased = scenario.proposal === undefined && scenario.results.Production !== 'skipped';
  if (isReleased && before.environments.production.pods.length > 0) places.add('production');
  return places;
}

/** Lets visitors come until the returned function is called. @returns by environment, what they saw */
export async function keepVigils(
  parts: Parts,
  scenario: Scenario,
  before: Observation,
): Promise<() => Promise<Map<string, Vigil>>> {
  const kept: [string, () => Promise<Vigil>][] = [];
  for (const environment of visited(scenario, before)) {
    kept.push([environment, await keepVigil(parts.kubeconfig, before.environments[environment])]);
  }
  return async () =>
    new Map(await Promise.all(kept.map(async ([name, end]) => [name, await end()] as const)));
}

/** Sends visitors in numbers, for as long as the autoscaler needs to follow. @param before what runs there */
export function rushTo(
  { kubeconfig, prometheus }: Parts,
  before: EnvironmentView,
  environment: Environment,
): Promise<Rush> {
  const began = Date.now();
  return rush(kubeconfig, before, {
    look: () => viewEnvironment(kubeconfig, environment),
    answering: async () => {
      const seconds = (Date.now() - began) / 1000;
      const traffic = await countedTraffic(prometheus, before.namespace, seconds);
      return traffic.filter(({ requests }) => requests > 0).map(({ pod }) => pod);
    },
  });
}

/** What Prometheus has counted where a version was on trial. @param seconds since the run began */
export async function countTraffic(
  { prometheus }: Parts,
  scenario: Scenario,
  after: Observation,
  seconds: number,
): Promise<Map<string, readonly PodTraffic[]>> {
  const traffic = new Map<string, readonly PodTraffic[]>();
  for (const environment of environmentsOf(scenario, 'tried')) {
    const { namespace } = after.environments[environment];
    traffic.set(environment, await countedTraffic(prometheus, namespace, seconds));
  }
  return traffic;
}
