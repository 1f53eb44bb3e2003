import { ActionError } from '@fairway/action-kit';
import { at, number } from '@fairway/action-kit/tree';
import { builtIn, type Resource } from '../cluster/kinds.js';
import { type KubeObject, keyOf, labelOf } from '../cluster/object.js';
import { progressOf } from '../rollout/progress.js';
import type { Site } from '../site.js';
import { labelsAt } from '../strategy/track.js';
import type { DrillPlan } from './drill-inputs.js';

const WORKLOADS = ['Deployment', 'StatefulSet'] as const;
const SERVICES = builtIn('v1', 'Service') as Resource;

/**
 * What is disturbed: the workloads that are named, else those of the release behind the Services that are asked.
 * @throws ActionError 'drill-refused' when there is none
 */
export async function findTargets(site: Site, plan: DrillPlan): Promise<KubeObject[]> {
  if (plan.targets.length > 0) return Promise.all(plan.targets.map((target) => named(site, target)));
  const [services, ...workloads] = await Promise.all([
    askedServices(site),
    ...WORKLOADS.map((kind) => ofRelease(site, builtIn('apps/v1', kind) as Resource)),
  ]);
  const found = workloads.flat().filter((workload) => services.some((service) => reaches(service, workload)));
  if (found.length > 0) return found;
  throw new ActionError(
    'drill-refused',
    `No Deployment or StatefulSet of the release '${site.release}' in '${site.namespace}' is behind what 'smoke-test' asks.`,
    {
      remedy:
        "Check 'release' and 'namespace', or name what is to be disturbed:  drill-target: deployment/photo-app",
    },
  );
}

async function named(site: Site, { kind, name }: DrillPlan['targets'][number]): Promise<KubeObject> {
  const found = await site.client.get({ apiVersion: 'apps/v1', kind, name, namespace: site.namespace });
  if (found) return found;
  throw new ActionError('drill-refused', `There is no ${kind} '${name}' in '${site.namespace}'.`, {
    remedy: "Check 'drill-target' and 'namespace'.",
  });
}

async function ofRelease(site: Site, resource: Resource): Promise<KubeObject[]> {
  const { items } = await site.client.list(resource, site.namespace, { labelSelector: site.selector });
  return items.filter((item) => number(at(item, 'spec', 'replicas'), 1) > 0);
}

/** The Services of the smoke tests; for an address, which does not say what is behind it, all of the release. */
async function askedServices(site: Site): Promise<KubeObject[]> {
  const tests = site.inputs.smokeTests;
  const names = new Set(tests.flatMap((test) => (test.via === 'service' ? test.service : [])));
  const hasAddress = tests.some(({ via }) => via === 'address');
  const [own, asked] = await Promise.all([
    hasAddress ? site.client.list(SERVICES, site.namespace, { labelSelector: site.selector }) : { items: [] },
    Promise.all(
      [...names].map((name) =>
        site.client.get({ apiVersion: 'v1', kind: 'Service', name, namespace: site.namespace }),
      ),
    ),
  ]);
  const all = [...own.items, ...asked.filter((service) => service !== undefined)];
  return [...new Map(all.map((service) => [keyOf(service), service])).values()];
}

/** Whether a Service sends requests to the pods of a workload. */
export function reaches(service: KubeObject, workload: KubeObject): boolean {
  const selector = Object.entries(labelsAt(service, 'spec', 'selector'));
  const labels = labelsAt(workload, 'spec', 'template', 'metadata', 'labels');
  return selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
}

/** Why a workload must not be disturbed; undefined when it may. */
export function refusalOf(
  workload: KubeObject,
): { readonly reason: string; readonly remedy: string } | undefined {
  const label = labelOf(workload);
  const replicas = number(at(workload, 'spec', 'replicas'), 1);
  if (replicas < 2) {
    return {
      reason: `${label} has ${replicas === 1 ? 'one replica' : 'no replica'}: whatever ends a pod is an outage, and needs no drill to show it.`,
      remedy: `Give it two: spec.replicas: 2, or minReplicas: 2 in its HorizontalPodAutoscaler.`,
    };
  }
  const { ready, detail } = progressOf(workload);
  if (ready) return undefined;
  return {
    reason: `${label} is not whole (${detail}): a drill would make it worse.`,
    remedy: 'Wait until it is ready, or mend it; then run the drill again.',
  };
}
