import { at, list, number, string, tree } from '@fairway/action-kit/tree';
import { isBuiltInGroup } from '../cluster/kinds.js';
import { annotation, conditionOf, DOMAIN, groupOf, type KubeObject } from '../cluster/object.js';
import { isHook } from '../source/hooks.js';

/** How far one object is. */
export interface Progress {
  readonly ready: boolean;
  /** For people: `2 of 3 ready`. */
  readonly detail: string;
}

const READY: Progress = { ready: true, detail: 'ready' };

/**
 * Whether an object is what its manifest asks for, from its status alone. A status that is older than the manifest
 * (observedGeneration) says nothing yet.
 * Source: kstatus (kubernetes-sigs/cli-utils, pkg/kstatus), and `kubectl rollout status` for the apps kinds.
 */
export function progressOf(object: KubeObject): Progress {
  if (annotation(object, `${DOMAIN}/wait`) === 'false') return READY;
  const observed = at(object, 'status', 'observedGeneration');
  if (typeof observed === 'number' && observed < number(object.metadata.generation)) {
    return { ready: false, detail: 'not looked at by its controller yet' };
  }
  const judge = JUDGES[object.kind];
  if (judge && isBuiltInGroup(object.apiVersion)) return judge(object);
  return isBuiltInGroup(object.apiVersion) ? READY : customProgress(object);
}

/** Whether the kind has a notion of ready that is worth a watch. */
export function isAwaited(object: KubeObject): boolean {
  if (object.kind === 'Service') return at(object, 'spec', 'type') === 'LoadBalancer';
  return object.kind in JUDGES || !isBuiltInGroup(object.apiVersion);
}

const JUDGES: Readonly<Record<string, (object: KubeObject) => Progress>> = {
  Deployment: (object) => {
    const wanted = number(at(object, 'spec', 'replicas'), 1);
    const status = tree(object.status);
    if (status.observedGeneration === undefined) return unseen;
    const [total, updated, available] = [
      status.replicas,
      status.updatedReplicas,
      status.availableReplicas,
    ].map((n) => number(n));
    const old = (total ?? 0) - (updated ?? 0);
    const isReady = (updated ?? 0) >= wanted && (available ?? 0) >= wanted && old <= 0;
    if (isReady || old <= 0) return counted(available ?? 0, wanted, isReady, 0);
    const detail = `${updated} of ${wanted} new ones, ${old} old ones left, ${available} available`;
    return { ready: false, detail };
  },
  StatefulSet: (object) => {
    const wanted = number(at(object, 'spec', 'replicas'), 1);
    const status = tree(object.status);
    if (status.observedGeneration === undefined) return unseen;
    const ready = number(status.readyReplicas);
    if (at(object, 'spec', 'updateStrategy', 'type') === 'OnDelete')
      return counted(ready, wanted, ready >= wanted, 0);
    const partition = number(at(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition'));
    const isCurrent = status.currentRevision === status.updateRevision;
    const updated = isCurrent ? number(status.replicas) : number(status.updatedReplicas);
    const missing = Math.max(0, wanted - partition - updated);
    return counted(ready, wanted, ready >= wanted && missing === 0, isCurrent ? 0 : missing);
  },
  DaemonSet: (object) => {
    const status = tree(object.status);
    if (status.observedGeneration === undefined) return unseen;
    const wanted = number(status.desiredNumberScheduled);
    const available = number(status.numberAvailable);
    const onDelete = at(object, 'spec', 'updateStrategy', 'type') === 'OnDelete';
    const old = onDelete ? 0 : wanted - number(status.updatedNumberScheduled);
    return counted(available, wanted, available >= wanted && old <= 0, old);
  },
  ReplicaSet: (object) => {
    const wanted = number(at(object, 'spec', 'replicas'), 1);
    const available = number(at(object, 'status', 'availableReplicas'));
    return counted(available, wanted, available >= wanted, 0);
  },
  Pod: (object) => {
    const isDone = at(object, 'status', 'phase') === 'Succeeded';
    const isServing = !isHook(object) && conditionOf(object, 'Ready')?.status === 'True';
    return {
      ready: isDone || isServing,
      detail: string(at(object, 'status', 'phase')),
    };
  },
  Job: (object) => {
    if (at(object, 'spec', 'suspend') === true) return { ready: true, detail: 'suspended' };
    const wanted = number(at(object, 'spec', 'completions'), 1);
    const done = number(at(object, 'status', 'succeeded'));
    return {
      ready: conditionOf(object, 'Complete')?.status === 'True',
      detail: `${done} of ${wanted} completed`,
    };
  },
  PersistentVolumeClaim: (object) => {
    const phase = string(at(object, 'status', 'phase'));
    return { ready: phase === 'Bound', detail: phase || 'unseen' };
  },
  Service: (object) => {
    if (at(object, 'spec', 'type') !== 'LoadBalancer') return READY;
    const ready = list(at(object, 'status', 'loadBalancer', 'ingress')).length > 0;
    return { ready, detail: ready ? 'has an address' : 'waits for its load balancer' };
  },
  HorizontalPodAutoscaler: (object) => {
    const active = conditionOf(object, 'ScalingActive');
    if (active?.reason === 'ScalingDisabled') return { ready: true, detail: 'its target has no replicas' };
    if (active?.status === 'True') return { ready: true, detail: 'has live metrics' };
    const said = string(active?.message).replace(/\s+/g, ' ').slice(0, 200);
    return { ready: false, detail: said ? `no live metrics: ${said}` : 'waits for its first metrics' };
  },
  Ingress: (object) => {
    const ready = list(at(object, 'status', 'loadBalancer', 'ingress')).length > 0;
    return { ready, detail: ready ? 'has an address' : 'no address yet' };
  },
  CustomResourceDefinition: (object) => {
    const ready = conditionOf(object, 'Established')?.status === 'True';
    return { ready, detail: ready ? 'established' : 'not established' };
  },
};

const unseen: Progress = { ready: false, detail: 'not looked at by its controller yet' };

function counted(ready: number, wanted: number, isReady: boolean, old: number): Progress {
  const rest = !isReady && old > 0 ? `, ${old} of the old ones left` : '';
  return { ready: isReady, detail: `${ready} of ${wanted} ready${rest}` };
}

/** A custom resource that has no conditions says nothing about itself, and counts as ready. */
function customProgress(object: KubeObject): Progress {
  const ready = conditionOf(object, 'Ready') ?? conditionOf(object, 'Available');
  const busy = conditionOf(object, 'Reconciling');
  if (busy?.status === 'True') return { ready: false, detail: string(busy.message) || 'reconciling' };
  // Some, such as cert-manager, say in the condition, and only there, of which generation it speaks.
  if (ready && number(ready.observedGeneration, Infinity) < number(object.metadata.generation)) return unseen;
  if (ready === undefined || ready.status === 'True') return READY;
  return {
    ready: false,
    detail: string(ready.message) || `${groupOf(object.apiVersion)} says it is not ready`,
  };
}
