import { debug, formatDuration } from '@fairway/action-kit';
import { at, list, tree } from '@fairway/action-kit/tree';
import { pause } from '@fairway/exec-kit';
import { hasStatus } from '../../cluster/api-error.js';
import { builtIn, type Resource } from '../../cluster/kinds.js';
import type { KubeObject } from '../../cluster/object.js';
import type { RolloutFailure } from '../../release/roll-out.js';
import type { Site } from '../../site.js';
import { previewName } from '../candidate.js';
import { lookUntil } from './look-until.js';

const SLICES = builtIn('discovery.k8s.io/v1', 'EndpointSlice') as Resource;
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
  for (const { metadata } of services) {
    const name = previewName(metadata.name);
    const waiting = `Service ${name} does not reach the new pods yet.`;
    const found = await lookUntil(site.inputs.timeoutMs, signal, waiting, () =>
      look(site, name, metadata.namespace),
    );
    if (signal.aborted) return undefined;
    if (found === undefined) return reachesNothing(name);
    if (found === 'hidden') {
      debug(`EndpointSlices may not be listed; waiting ${formatDuration(BLIND_MS)} instead.`);
      await pause(BLIND_MS, signal);
      return undefined;
    }
  }
  await pause(SEEN_MS, signal);
  return undefined;
}

async function look(
  { client }: Site,
  service: string,
  namespace: string | undefined,
): Promise<'reached' | 'hidden' | undefined> {
  try {
    const labelSelector = `kubernetes.io/service-name=${service}`;
    const { items } = await client.list(SLICES, namespace, { labelSelector });
    return readyBehind(items) > 0 ? 'reached' : undefined;
  } catch (error) {
    if (hasStatus(error, 403)) return 'hidden';
    throw error;
  }
}

function reachesNothing(name: string): RolloutFailure {
  return {
    reason: `Service ${name} reaches none of the new pods, which are ready`,
    remedy:
      "Compare the Service's selector with the labels of the pods, and see whether the cluster's controllers run.",
    findings: [],
  };
}
