import { at, list, number, string, tree } from '@fairway/action-kit/tree';
import type { KubeObject } from '../cluster/object.js';

/**
 * Milliseconds that a container has to have run before its readiness counts: one without a readiness probe is called
 * ready in the very moment it starts, and one that has died before may be about to do so again.
 */
const STEADY_MS = { probed: 0, unprobed: 5_000, restarted: 10_000 };

/**
 * Milliseconds until the pods' readiness counts, 0 when it does.
 * @param nowMs by the cluster's clock: startedAt is by the node's
 */
export function unsteadyMs(pods: readonly KubeObject[], nowMs: number): number {
  const left = pods.flatMap((pod) => {
    const probed = new Map(
      list(at(pod, 'spec', 'containers')).map((c) => [tree(c).name, tree(c).isProbed === true]),
    );
    return list(at(pod, 'status', 'containerStatuses')).map((status) => {
      const started = Date.parse(string(at(status, 'state', 'running', 'startedAt')));
      if (Number.isNaN(started)) return 0;
      const restarted = number(at(status, 'restartCount')) > 0;
      const needed = restarted
        ? STEADY_MS.restarted
        : probed.get(tree(status).name)
          ? STEADY_MS.probed
          : STEADY_MS.unprobed;
      return Math.min(needed, Math.max(0, started + needed - nowMs));
    });
  });
  return Math.max(0, ...left);
}
