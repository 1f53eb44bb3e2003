import { string } from '@fairway/action-kit/tree';
import { conditionOf, type KubeObject } from '../cluster/object.js';
import type { Finding } from './finding.js';
import type { Warning } from './view.js';

export interface Capacity {
  /** Milliseconds that a pod may wait for a node: an autoscaler needs time, where there is one. */
  readonly nodeMs: number;
  /** Milliseconds for room that pods on their way out are about to leave. */
  readonly settleMs: number;
}

/** What keeps a pod from getting a node, its volumes or its network. */
export function placementFindings(
  pod: KubeObject,
  warnings: readonly Warning[],
  place: Pick<Finding, 'workload' | 'namespace'>,
  capacity: Capacity,
): Finding[] {
  const where = { ...place, pod: pod.metadata.name };
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False' && scheduled.reason === 'Unschedulable') {
    return [{ ...where, ...unschedulable(string(scheduled.message), capacity) }];
  }
  return warnings.flatMap(({ reason, message }) => {
    if (reason === 'FailedMount' && isMissing(message)) {
      return [
        {
          ...where,
          code: 'volume-source-missing',
          message: `a volume cannot be mounted: ${shorten(message)}`,
          remedy:
            'Add the ConfigMap or Secret that the message names to the release, or mark the volume source optional.',
          // The kubelet's first try may come before an object that was applied a moment earlier.
          patienceMs: isRunning(pod) ? undefined : 2_000,
        },
      ];
    }
    if (reason === 'FailedMount' || reason === 'FailedAttachVolume' || reason === 'FailedCreatePodSandBox') {
      if (isRunning(pod)) return [];
      return [
        {
          ...where,
          code: reason === 'FailedCreatePodSandBox' ? 'pod-sandbox' : 'volume',
          message: shorten(message),
          remedy: 'See the node it is on: its storage or network driver says more.',
          patienceMs: undefined,
        },
      ];
    }
    return [];
  });
}

/** Source of the words: kubernetes/kubernetes, pkg/scheduler/framework/plugins. */
function unschedulable(
  said: string,
  capacity: Capacity,
): Pick<Finding, 'code' | 'message' | 'remedy' | 'patienceMs'> {
  const message = `no node takes it: ${shorten(said.replace(/( no new claims to deallocate,)? preemption:.*$/s, ''))}`;
  const claim = /persistentvolumeclaim "([^"]+)" not found/.exec(said)?.[1];
  if (claim) {
    return {
      code: 'claim-missing',
      message,
      remedy: `Add the PersistentVolumeClaim ${claim} to the release, or mend the name.`,
      patienceMs: 2_000,
    };
  }
  if (/unbound immediate PersistentVolumeClaims/.test(said)) {
    return {
      code: 'claim-unbound',
      message,
      remedy: 'See why the claim gets no volume.',
      patienceMs: undefined,
    };
  }
  const patienceMs = Math.max(capacity.nodeMs, capacity.settleMs);
  if (/Insufficient|Too many pods/.test(said)) {
    return {
      code: 'no-capacity',
      message,
      remedy: 'Ask for less (resources.requests), run fewer replicas, or add nodes.',
      patienceMs,
    };
  }
  return {
    code: 'no-fitting-node',
    message,
    remedy:
      'Mend nodeSelector, affinity, tolerations or topologySpreadConstraints: no node that there is satisfies them.',
    patienceMs,
  };
}

function isMissing(message: string): boolean {
  return /(configmap|secret) "[^"]+" not found|references non-existent (config|secret) key/.test(message);
}

function isRunning(pod: KubeObject): boolean {
  return (
    conditionOf(pod, 'Initialized')?.status === 'True' &&
    conditionOf(pod, 'ContainersReady')?.status === 'True'
  );
}

function shorten(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 300);
}
