import type { Environment } from '../scenarios/scenario.js';
import type { EnvironmentView } from './environment-view.js';
import type { Evidence } from './evidence.js';
import { isSpread, type Rush } from './rush.js';

/** What speaks against a trial that ended so; undefined when nothing does. Pure. */
export function notTried(
  { environment, outcome }: { readonly environment: Environment; readonly outcome: 'promoted' | 'stopped' },
  { before, after, traffic, vigils }: Evidence,
): string | undefined {
  const counted = traffic.get(environment) ?? [];
  const stable = new Set(before.environments[environment].pods.map(({ name }) => name));
  const tried = counted.filter(({ pod }) => isOnTrial(pod));
  const requests = tried.reduce((sum, pod) => sum + pod.requests, 0);
  const errors = tried.reduce((sum, pod) => sum + pod.errors, 0);
  if (requests === 0) return 'Prometheus has counted no request to a version on trial';
  const failing = counted.filter(({ pod, errors }) => stable.has(pod) && errors > 0);
  if (failing.length > 0)
    return `of the stable version ${failing.map(({ pod }) => pod).join(', ')} answered 5xx`;
  const left = after.environments[environment].pods.filter(({ name }) => isOnTrial(name));
  if (left.length > 0) return `still on trial: ${left.map(({ name }) => name).join(', ')}`;
  if (outcome === 'promoted') {
    return errors > 0 ? `${errors} of ${requests} requests to the new version were answered 5xx` : undefined;
  }
  if (errors === 0) return `none of ${requests} requests to the new version was answered 5xx`;
  // The stable pods live on, so Prometheus has all that they answered: a 500 that a visitor got came from the new one.
  const others = vigils.get(environment)?.failures.filter((failure) => failure !== 'answered 500') ?? [];
  return others.length > 0 ? `visitors saw more than its errors: ${others.join('; ')}` : undefined;
}

/** What speaks against a load that was spread over more pods than before; undefined when nothing does. Pure. */
export function notSpread(before: EnvironmentView, rush: Rush | undefined): string | undefined {
  if (rush === undefined || rush.asked === 0) return 'nobody came';
  if (rush.failures.length > 0) return `of ${rush.asked} visitors some got: ${rush.failures.join('; ')}`;
  if (isSpread(before, rush.pods, rush.served)) return undefined;
  return `${before.pods.length} pods before; after ${rush.seconds.toFixed(0)} s ready: ${rush.pods.join(', ')}; of these answered visitors: ${rush.served.join(', ') || 'none'}`;
}

/** The pods of a second Deployment that is named after the first (actions/k8s-deploy/src/strategy/candidate.ts). */
function isOnTrial(pod: string): boolean {
  return pod.startsWith('photo-app-canary-');
}
