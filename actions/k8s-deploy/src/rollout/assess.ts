import { at, number, string } from '@fairway/action-kit/tree';
import { conditionOf, type KubeObject, labelOf } from '../cluster/object.js';
import { containerFindings } from './containers.js';
import { ELSEWHERE_MS, type Elsewhere, leftForOthers } from './elsewhere.js';
import type { Finding } from './finding.js';
import { podsOf, type WorkloadPods } from './pods.js';
import { progressOf } from './progress.js';
import { placementFindings } from './scheduling.js';
import { unsteadyMs } from './steadiness.js';
import type { View } from './view.js';
import { workloadFindings } from './workload.js';

export interface Rules {
  readonly crashLoopThreshold: number;
  readonly appearMs: number;
  /** See {@link import('./scheduling.js').Capacity}. */
  readonly nodeMs: number;
  readonly elsewhere?: Elsewhere;
}

/** One object of the release, now. */
export interface Standing {
  readonly object: KubeObject;
  readonly ready: boolean;
  readonly detail: string;
  readonly findings: readonly Finding[];
  /** Milliseconds until its readiness counts, where only time is missing. */
  readonly steadyInMs?: number;
}

const OWNERS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicaSet', 'Pod']);
/** Room that is about to be freed is waited for; room that is not, hardly. */
const SETTLE_MS = { leaving: 30_000, still: 2_000 };

/**
 * Where each object of the release stands, and what is in its way. Pure: the view in, the standings out.
 * @param applied the objects as the server answered when they were applied: uid and generation say what to wait for
 * @param nowMs the time by the cluster's clock, in milliseconds since 1970
 */
export function assess(applied: readonly KubeObject[], view: View, rules: Rules, nowMs: number): Standing[] {
  return applied.map((target) => standingOf(target, view, rules, nowMs));
}

function standingOf(target: KubeObject, view: View, rules: Rules, nowMs: number): Standing {
  const object = view.find(target.metadata.uid ?? '');
  const unseen = { ready: false, detail: '', findings: [] };
  if (object === undefined) return { object: target, ...unseen };
  if (number(object.metadata.generation) < number(target.metadata.generation)) return { object, ...unseen };
  if (isWaitingForConsumer(object, view)) {
    return { object, ready: true, detail: 'waits for its first pod', findings: [] };
  }
  const { ready, detail } = progressOf(object);
  const leftMs = ready ? undefined : leftForOthers(object, nowMs, rules.elsewhere ?? ELSEWHERE_MS);
  if (leftMs === 0)
    return { object, ready: true, detail: `${detail}; not waited for any longer`, findings: [] };
  if (leftMs !== undefined) return { object, ready, detail, findings: [], steadyInMs: leftMs };
  const pods = OWNERS.has(object.kind) ? podsOf(object, view) : NO_PODS;
  const steadyInMs = ready && STEADY.has(object.kind) ? unsteadyMs(pods.current, nowMs) : 0;
  if (ready && steadyInMs === 0) return { object, ready, detail, findings: [] };
  const findings = findingsOf(object, pods, view, rules);
  if (!ready) return { object, ready, detail, findings };
  return { object, ready: false, detail: `${detail}, and watched for a moment`, findings, steadyInMs };
}

const NO_PODS: WorkloadPods = { current: [], old: [], replicaSet: undefined };
/** Kinds whose pods are to stay. */
const STEADY = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);

function findingsOf(object: KubeObject, pods: WorkloadPods, view: View, rules: Rules): Finding[] {
  const place = { workload: labelOf(object), namespace: object.metadata.namespace ?? '' };
  const settleMs = isSettling(object, pods, view) ? SETTLE_MS.leaving : SETTLE_MS.still;
  const own = workloadFindings(object, pods, view.warningsOf(object), settleMs).map((problem) => ({
    ...place,
    ...problem,
  }));
  const ofPods = pods.current.flatMap((pod) => {
    const warnings = view.warningsOf(pod);
    return [
      ...containerFindings(pod, warnings, place, { ...rules, isJob: object.kind === 'Job' }),
      ...placementFindings(pod, warnings, place, { nodeMs: rules.nodeMs, settleMs }),
      ...probeFindings(pod, warnings.find(({ reason }) => reason === 'Unhealthy')?.message, place),
    ];
  });
  return [...own, ...ofPods];
}

/** A pod that runs and is not ready is slow until the time is up; then this is the reason. */
function probeFindings(
  pod: KubeObject,
  said: string | undefined,
  place: Pick<Finding, 'workload' | 'namespace'>,
): Finding[] {
  const ready = conditionOf(pod, 'ContainersReady');
  if (said === undefined || ready?.status !== 'False' || at(pod, 'status', 'phase') !== 'Running') return [];
  return [
    {
      ...place,
      code: 'not-ready',
      pod: pod.metadata.name,
      message: `it runs, and its probe fails: ${said.slice(0, 300)}`,
      remedy:
        'Check the readiness probe’s path and port, and what the program waits for (a database, a migration).',
      patienceMs: undefined,
    },
  ];
}

/** Whether pods are about to make room: some are ending, or the controller may still end old ones. */
function isSettling(object: KubeObject, pods: WorkloadPods, view: View): boolean {
  if (pods.old.length > 0 && mayRemoveOld(object)) return true;
  for (const pod of view.ofKind('Pod')) if (pod.metadata.deletionTimestamp !== undefined) return true;
  return false;
}

/** Whether a rolling update may take old pods away before new ones are ready (maxUnavailable, rounded down). */
function mayRemoveOld(object: KubeObject): boolean {
  if (object.kind !== 'Deployment') return true;
  if (at(object, 'spec', 'strategy', 'type') === 'Recreate') return true;
  const limit = at(object, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable') ?? '25%';
  const replicas = number(at(object, 'spec', 'replicas'), 1);
  return typeof limit === 'number'
    ? limit > 0
    : Math.floor((Number.parseInt(string(limit), 10) / 100) * replicas) > 0;
}

/** A claim whose class binds late has nothing to wait for until a pod uses it. */
function isWaitingForConsumer(object: KubeObject, view: View): boolean {
  if (object.kind !== 'PersistentVolumeClaim' || at(object, 'status', 'phase') !== 'Pending') return false;
  return view.warningsOf(object).some(({ reason }) => reason === 'WaitForFirstConsumer');
}
