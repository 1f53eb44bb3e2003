import { at, number, string } from '@fairway/action-kit/tree';
import { type KubeObject, labelOf } from '../cluster/object.js';
import { allowedBy, budgetsFor, isUsable, limitText } from '../scale/budget.js';

/** How a node is drained of one workload's pods. */
export type DrainPlan =
  | {
      readonly node: string;
      readonly pods: readonly KubeObject[];
      /** There is no other node: what is evicted comes back only when the node is open again. */
      readonly onlyNode: boolean;
    }
  | { readonly refused: string; readonly remedy: string };

/**
 * Chooses the node that holds most of a workload's pods: losing it hurts most. Pure.
 * A drain takes everything off a node at once, unless a PodDisruptionBudget makes it take turns. Where that would take
 * every pod that there is, there is nothing to try out: it is an outage, and is said instead of made.
 * @param pods of the workload, alive
 */
export function planDrain(
  workload: KubeObject,
  pods: readonly KubeObject[],
  nodes: readonly KubeObject[],
  budgets: readonly KubeObject[],
): DrainPlan {
  const usable = nodes.filter(isUsable).map(({ metadata }) => metadata.name);
  const byNode = Map.groupBy(pods, (pod) => string(at(pod, 'spec', 'nodeName')));
  const [fullest] = [...byNode]
    .filter(([name]) => usable.includes(name))
    .sort(([a, x], [b, y]) => y.length - x.length || a.localeCompare(b));
  if (fullest === undefined) {
    return {
      refused: `no pod of ${labelOf(workload)} is on a node that takes pods`,
      remedy: 'See which nodes are cordoned or not ready: kubectl get nodes.',
    };
  }
  const [node, onNode] = fullest;
  const labels = onNode[0]?.metadata.labels ?? {};
  const held = budgetsFor(budgets, labels, workload.metadata.namespace);
  if (held.length > 1) {
    // Source: the eviction handler of the API server, pkg/registry/core/pod/storage/eviction.go.
    return {
      refused: `${held.length} PodDisruptionBudgets hold for the pods of ${labelOf(workload)} (${held.map(({ metadata }) => metadata.name).join(', ')}), and Kubernetes then evicts none`,
      remedy: 'Keep one of them.',
    };
  }
  const blocking = held.find((budget) => allowedNow(budget, pods.length) === 0);
  if (blocking) {
    return {
      refused: `the PodDisruptionBudget ${blocking.metadata.name} lets no pod of ${labelOf(workload)} go (${limitText(blocking)}, ${pods.length} pods): a drain of any of its nodes hangs`,
      remedy: 'Let one go at a time:  spec.maxUnavailable: 1  in the PodDisruptionBudget.',
    };
  }
  const onlyNode = usable.length === 1;
  // Where nothing can come back before the node is open again, one is all that may go.
  if (onlyNode) return { node, pods: onNode.slice(0, 1), onlyNode };
  if (held.length === 0 && onNode.length === pods.length) {
    return {
      refused: `all ${pods.length} pods of ${labelOf(workload)} are on the node ${node}, and no PodDisruptionBudget makes a drain take them in turn`,
      remedy:
        'Add a PodDisruptionBudget with  maxUnavailable: 1 , and spread the pods: topologySpreadConstraints over kubernetes.io/hostname.',
    };
  }
  return { node, pods: onNode, onlyNode };
}

/** What the controller says, which counts other workloads' pods too, where a budget holds for several. */
function allowedNow(budget: KubeObject, pods: number): number {
  return number(at(budget, 'status', 'disruptionsAllowed'), allowedBy(budget, pods));
}
