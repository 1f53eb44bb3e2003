import { at, number, string } from '@fairway/action-kit/tree';
import { annotation, type KubeObject } from '../cluster/object.js';
import type { View } from './view.js';

const REVISION = 'deployment.kubernetes.io/revision';

/** The pods of a workload, those of the revision being rolled out apart from those it replaces. */
export interface WorkloadPods {
  readonly current: readonly KubeObject[];
  readonly old: readonly KubeObject[];
  /** The ReplicaSet of the current revision, for a Deployment. */
  readonly replicaSet: KubeObject | undefined;
}

/**
 * Sorts a workload's pods by revision. While the controller has not looked at the newest manifest nothing counts as
 * current: the pods there are belong to what ran before.
 */
export function podsOf(workload: KubeObject, view: View): WorkloadPods {
  const observed = at(workload, 'status', 'observedGeneration');
  const isSeen = workload.kind === 'Job' || number(observed, -1) >= number(workload.metadata.generation);
  switch (workload.kind) {
    case 'Deployment':
      return podsOfDeployment(workload, view, isSeen);
    case 'StatefulSet':
      return byLabel(
        workload,
        view,
        isSeen,
        'controller-revision-hash',
        string(at(workload, 'status', 'updateRevision')),
      );
    case 'DaemonSet':
      return byLabel(
        workload,
        view,
        isSeen,
        'pod-template-generation',
        annotation(workload, 'deprecated.daemonset.template.generation') ||
          String(workload.metadata.generation),
      );
    case 'Pod':
      return { current: [workload], old: [], replicaSet: undefined };
    default:
      return { current: ownedBy(workload, 'Pod', view), old: [], replicaSet: undefined };
  }
}

function podsOfDeployment(deployment: KubeObject, view: View, isSeen: boolean): WorkloadPods {
  const sets = ownedBy(deployment, 'ReplicaSet', view);
  const revision = annotation(deployment, REVISION);
  const replicaSet = isSeen ? sets.find((set) => annotation(set, REVISION) === revision) : undefined;
  const current = replicaSet ? ownedBy(replicaSet, 'Pod', view) : [];
  const old = sets.filter((set) => set !== replicaSet).flatMap((set) => ownedBy(set, 'Pod', view));
  return { current: current.filter(isAlive), old, replicaSet };
}

function byLabel(
  workload: KubeObject,
  view: View,
  isSeen: boolean,
  label: string,
  value: string,
): WorkloadPods {
  const pods = ownedBy(workload, 'Pod', view);
  const isCurrent = (pod: KubeObject) => isSeen && pod.metadata.labels?.[label] === value;
  return {
    current: pods.filter((pod) => isCurrent(pod) && isAlive(pod)),
    old: pods.filter((pod) => !isCurrent(pod)),
    replicaSet: undefined,
  };
}

function ownedBy(owner: KubeObject, kind: string, view: View): readonly KubeObject[] {
  return view.ownedBy(owner.metadata.uid ?? '', kind);
}

/** A pod on its way out tells nothing about the release. */
function isAlive(pod: KubeObject): boolean {
  return pod.metadata.deletionTimestamp === undefined;
}
