import { at, list, string, type Tree, tree } from '@fairway/action-kit/tree';
import type { KubeObject } from '../cluster/object.js';
import { isUsable } from './budget.js';
import { amounts, type PodSize } from './pod-size.js';

export const HOST = 'kubernetes.io/hostname';
export const ZONE = 'topology.kubernetes.io/zone';

/** The nodes that the scheduler would look at for such a pod. */
export function fittingNodes(podSpec: unknown, nodes: readonly KubeObject[]): KubeObject[] {
  return nodes.filter(
    (node) =>
      isUsable(node) && isWanted(podSpec, node) && taintsOf(node).every((taint) => tolerates(podSpec, taint)),
  );
}

function isWanted(podSpec: unknown, node: KubeObject): boolean {
  const labels = node.metadata.labels ?? {};
  const plain = Object.entries(tree(at(podSpec, 'nodeSelector')));
  if (!plain.every(([key, value]) => labels[key] === value)) return false;
  const required = at(podSpec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  if (required === undefined) return true;
  return list(at(required, 'nodeSelectorTerms')).some((term) =>
    list(at(term, 'matchExpressions'))
      .map(tree)
      .every((rule) => meets(rule, labels)),
  );
}

/** Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#operators */
function meets({ key, operator, values }: Tree, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[string(key)];
  const given = list(values);
  switch (operator) {
    case 'In':
      return value !== undefined && given.includes(value);
    case 'NotIn':
      return value === undefined || !given.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(given[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(given[0]);
    default:
      return true;
  }
}

function taintsOf(node: KubeObject): Tree[] {
  const taints = list(at(node, 'spec', 'taints')).map(tree);
  return taints.filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute');
}

function tolerates(podSpec: unknown, taint: Tree): boolean {
  return list(at(podSpec, 'tolerations'))
    .map(tree)
    .some(({ key, operator, value, effect }) => {
      if (effect !== undefined && effect !== '' && effect !== taint.effect) return false;
      if (key === undefined || key === '') return operator === 'Exists';
      return key === taint.key && (operator === 'Exists' || (value ?? '') === (taint.value ?? ''));
    });
}

/** How many such pods a node takes when nothing else is on it. */
export function podsOn(node: KubeObject, { requests }: PodSize): number {
  const has = amounts(at(node, 'status', 'allocatable'));
  const counts = [...requests].flatMap(([resource, amount]) =>
    amount > 0 ? [Math.floor((has.get(resource) ?? 0) / amount + 1e-9)] : [],
  );
  return Math.min(has.get('pods') ?? 110, ...counts);
}

export function zoneOf(node: KubeObject): string {
  return node.metadata.labels?.[ZONE] ?? '';
}
