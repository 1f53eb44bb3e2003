import { at, list, number, tree } from '@fairway/action-kit/tree';
import type { Look } from '../analysis/probe.js';
import type { KubeClient } from '../cluster/client.js';
import { builtIn, type Resource } from '../cluster/kinds.js';
import { conditionOf, type KubeObject, refOf } from '../cluster/object.js';
import { HASH, labelsAt, podSelector, selects, trackOf } from './track.js';
import type { Routing } from './traffic/routing.js';

const PODS = builtIn('v1', 'Pod') as Resource;

/** A new version beside the stable one. */
export interface Contender {
  /** The Deployment on trial; how many replicas it gets is the stage's to say. */
  readonly candidate: KubeObject;
  /** The stable Deployment, as it was when the trial began. */
  readonly stable: KubeObject;
  readonly services: readonly KubeObject[];
  /** How requests can be shared by weight; without routes, shares are by replicas. */
  readonly routing: Routing;
}

/**
 * Looks at the pods of both versions.
 * @param bound hashes of the pods that the stable Services keep to; empty where they are not bound
 */
export async function lookAt(
  client: KubeClient,
  release: string,
  namespace: string,
  contenders: readonly Contender[],
  bound: ReadonlySet<string> = new Set(),
): Promise<Look> {
  const candidates = contenders.map(({ candidate }) => candidate);
  const stables = contenders.map(({ stable }) => stable);
  const [each, old] = await Promise.all([podsOf(client, candidates), podsOf(client, stables)]);
  const fresh = each.flat();
  const version = (deployments: readonly KubeObject[], pods: readonly KubeObject[]) => ({
    namespace,
    release,
    workloads: deployments.map(({ metadata }) => metadata.name),
    pods: pods.filter(isRunning).map(({ metadata }) => metadata.name),
    track: deployments[0] ? trackOf(deployments[0]) : '',
  });
  return {
    candidate: version(candidates, fresh),
    stable: version(stables, old.flat()),
    strangers: bound.size === 0 ? 0 : old.flat().filter((pod) => isStranger(pod, contenders, bound)).length,
    restarts: fresh.reduce((sum, pod) => sum + restartsOf(pod), 0),
    unready: each.reduce((sum, pods) => sum + unreadyOf(pods), 0),
  };
}

/** The pods of each Deployment. */
async function podsOf(client: KubeClient, deployments: readonly KubeObject[]): Promise<KubeObject[][]> {
  const found = await Promise.all(
    deployments.map((deployment) =>
      client.list(PODS, deployment.metadata.namespace, { labelSelector: podSelector(deployment) }),
    ),
  );
  return found.map(({ items }) => items.filter(({ metadata }) => metadata.deletionTimestamp === undefined));
}

/** A version without any pod is no more ready than one whose pods are not. */
function unreadyOf(pods: readonly KubeObject[]): number {
  return pods.length === 0 ? 1 : pods.filter((pod) => conditionOf(pod, 'Ready')?.status !== 'True').length;
}

/** Whether a pod of a stable Deployment is not one of those to which its Services were bound when the trial began. */
function isStranger(pod: KubeObject, contenders: readonly Contender[], bound: ReadonlySet<string>): boolean {
  const labels = pod.metadata.labels ?? {};
  const isRouted = contenders.some(
    ({ stable, routing }) =>
      routing.routes.length > 0 && selects(labelsAt(stable, 'spec', 'selector', 'matchLabels'), labels),
  );
  return isRouted && !bound.has(labels[HASH] ?? '');
}

function isRunning(pod: KubeObject): boolean {
  return at(pod, 'status', 'phase') === 'Running';
}

function restartsOf(pod: KubeObject): number {
  const statuses = list(at(pod, 'status', 'containerStatuses')).map(tree);
  return statuses.reduce((sum, status) => sum + number(status.restartCount), 0);
}

/** How many replicas the stable Deployment has now: an autoscaler may have changed it since the last stage. */
export async function replicasNow(client: KubeClient, stable: KubeObject): Promise<number> {
  const now = await client.get(refOf(stable));
  return number(at(now ?? stable, 'spec', 'replicas'), 1);
}
