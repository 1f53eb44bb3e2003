import { at, list, string, tree } from '@fairway/action-kit/tree';
import { hasStatus } from '../cluster/api-error.js';
import type { KubeClient } from '../cluster/client.js';
import { conditionOf, type KubeObject } from '../cluster/object.js';

/**
 * Milliseconds for which a release waits for what comes from elsewhere in the cluster, and may never come: metrics for
 * an autoscaler (its first look is 15 seconds after it was made, and a new pod has no use for half a minute), and an
 * address from an ingress controller, which not every one sets. Without it the release is as good as it can be.
 */
export const ELSEWHERE_MS = { metrics: 60_000, address: 20_000 };

export interface Elsewhere {
  readonly metrics: number;
  readonly address: number;
}

export const NO_PATIENCE: Elsewhere = { metrics: 0, address: 0 };

/**
 * Milliseconds that are left for an object that waits for others; undefined for kinds that wait for nobody.
 * @param nowMs by the cluster's clock
 */
export function leftForOthers(object: KubeObject, nowMs: number, patience: Elsewhere): number | undefined {
  const allowedMs = allowanceFor(object, patience);
  if (allowedMs === undefined) return undefined;
  const since = string(conditionOf(object, 'ScalingActive')?.lastTransitionTime);
  const began = Date.parse(since || (object.metadata.creationTimestamp ?? ''));
  return Number.isNaN(began) ? 0 : Math.max(0, began + allowedMs - nowMs);
}

function allowanceFor({ kind }: KubeObject, patience: Elsewhere): number | undefined {
  if (kind === 'HorizontalPodAutoscaler') return patience.metrics;
  return kind === 'Ingress' ? patience.address : undefined;
}

/** How long this cluster is waited for: not at all for metrics that it does not have. @param timeoutMs of the release */
export async function patienceWithOthers(
  client: KubeClient,
  awaited: readonly KubeObject[],
  timeoutMs: number,
): Promise<Elsewhere> {
  const scalers = awaited.filter(({ kind }) => kind === 'HorizontalPodAutoscaler');
  const isInVain = scalers.length > 0 && scalers.every(wantsResources) && !(await servesMetrics(client));
  return {
    metrics: isInVain ? 0 : Math.min(ELSEWHERE_MS.metrics, timeoutMs / 2),
    address: Math.min(ELSEWHERE_MS.address, timeoutMs / 2),
  };
}

/** Whether an autoscaler looks at CPU and memory only, which the resource metrics API gives. */
export function wantsResources(scaler: KubeObject): boolean {
  const metrics = list(at(scaler, 'spec', 'metrics')).map(tree);
  return metrics.every(({ type }) => type === 'Resource' || type === 'ContainerResource');
}

/** Whether the cluster has the resource metrics API, which comes with metrics-server. */
export async function servesMetrics(client: KubeClient): Promise<boolean> {
  try {
    await client.connection.bytes({
      method: 'GET',
      path: '/apis/metrics.k8s.io/v1beta1',
      doing: 'Looking for metrics',
      once: true,
    });
    return true;
  } catch (error) {
    // An API that is there and does not answer (503) may do so in a moment; one that may not be asked may be there.
    return !hasStatus(error, 404);
  }
}
