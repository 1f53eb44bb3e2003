import { debug, formatDuration, info } from '@fairway/action-kit';
import { at, list, tree } from '@fairway/action-kit/tree';
import { pause } from '@fairway/exec-kit';
import { hasStatus } from '../../cluster/api-error.js';
import { builtIn, type Resource } from '../../cluster/kinds.js';
import type { KubeObject } from '../../cluster/object.js';
import type { RolloutFailure } from '../../release/roll-out.js';
import type { Site } from '../../site.js';
import { previewName } from '../candidate.js';

const SLICES = builtIn('discovery.k8s.io/v1', 'EndpointSlice') as Resource;
const LOOK_MS = 500;
/** Milliseconds for an ingress controller to have seen what the API server shows. */
const SEEN_MS = 2_000;
/** The same where we may not look ourselves. */
const BLIND_MS = 5_000;

/** How many addresses behind a Service take requests. `ready` may be absent, and then means yes. */
export function readyBehind(slices: readonly KubeObject[]): number {
  const endpoints = slices.flatMap((slice) => list(slice.endpoints).map(tree));
  return endpoints.filter((one) => at(one, 'conditions', 'ready') !== false).length;
}

/**
 * Waits until the Services of the new version reach its pods. A ready pod is not yet behind its Service, and some ingress
 * controllers drop a whole route when one Service of it reaches nothing.
 * @returns why it cannot get any requests; undefined when all is well
 */
export async function whetherReached(
  site: Site,
  services: readonly KubeObject[],
  signal: AbortSignal,
): Promise<RolloutFailure | undefined> {
  const began = performance.now();
  for (const { metadata } of services) {
    const name = previewName(metadata.name);
    const labelSelector = `kubernetes.io/service-name=${name}`;
    while (!signal.aborted) {
      try {
        const { items } = await site.client.list(SLICES, metadata.namespace, { labelSelector });
        if (readyBehind(items) > 0) break;
      } catch (error) {
        if (!hasStatus(error, 403)) throw error;
        debug(`EndpointSlices may not be listed; waiting ${formatDuration(BLIND_MS)} instead.`);
        await pause(BLIND_MS, signal);
        return undefined;
      }
      const waitedMs = performance.now() - began;
      if (waitedMs > site.inputs.timeoutMs) return reachesNothing(name);
      if (waitedMs < LOOK_MS) info(`Service ${name} does not reach the new pods yet.`);
      await pause(LOOK_MS, signal);
    }
  }
  await pause(SEEN_MS, signal);
  return undefined;
}

function reachesNothing(name: string): RolloutFailure {
  return {
    reason: `Service ${name} reaches none of the new pods, which are ready`,
    remedy:
      "Compare the Service's selector with the labels of the pods, and see whether the cluster's controllers run.",
    findings: [],
  };
}
