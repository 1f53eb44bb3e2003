import { debug, messageOf } from '@fairway/action-kit';
import { hasStatus } from '../cluster/api-error.js';
import type { KubeClient } from '../cluster/client.js';
import { builtIn, type Resource } from '../cluster/kinds.js';
import { conditionOf, type KubeObject } from '../cluster/object.js';
import { podSelector } from '../strategy/track.js';
import type { Sizing } from './concern.js';

/**
 * A collection, or undefined where this account may not see it: a deployer seldom may look at nodes and quotas, and
 * what it cannot see it does not judge.
 */
export async function seen(
  client: KubeClient,
  apiVersion: string,
  kind: string,
  namespace: string | undefined,
): Promise<readonly KubeObject[] | undefined> {
  const resource = builtIn(apiVersion, kind) as Resource;
  try {
    return (await client.list(resource, namespace)).items;
  } catch (error) {
    if (!hasStatus(error, 403, 404)) throw error;
    debug(`Scale checks without ${resource.plural}: ${messageOf(error)}`);
    return undefined;
  }
}

/** The ready pods of each workload. */
export async function readyPods(
  client: KubeClient,
  sizings: readonly Sizing[],
): Promise<Map<Sizing, readonly KubeObject[]>> {
  const pods = builtIn('v1', 'Pod') as Resource;
  const found = sizings.map(async (sizing) => {
    const { workload } = sizing;
    const { items } = await client.list(pods, workload.metadata.namespace, {
      labelSelector: podSelector(workload),
    });
    const ready = items.filter(
      (pod) => pod.metadata.deletionTimestamp === undefined && conditionOf(pod, 'Ready')?.status === 'True',
    );
    return [sizing, ready] as const;
  });
  return new Map(await Promise.all(found));
}
