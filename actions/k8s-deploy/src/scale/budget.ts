import { at, list, number, string, tree } from '@fairway/action-kit/tree';
import { conditionOf, type KubeObject } from '../cluster/object.js';

/**
 * Whether a label selector finds these labels. An empty one finds all, as in policy/v1.
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements
 */
export function selectorFinds(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  const equal = Object.entries(tree(at(selector, 'matchLabels')));
  const expressions = list(at(selector, 'matchExpressions')).map(tree);
  return (
    equal.every(([key, value]) => labels[key] === value) &&
    expressions.every(({ key, operator, values }) => {
      const value = labels[string(key)];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const isIn = value !== undefined && list(values).includes(value);
      return operator === 'In' ? isIn : !isIn;
    })
  );
}

/** How many pods of `replicas` healthy ones a budget lets go at once. Percentages round up, as Kubernetes does. */
export function allowedBy(budget: KubeObject, replicas: number): number {
  const max = at(budget, 'spec', 'maxUnavailable');
  const min = at(budget, 'spec', 'minAvailable');
  if (max !== undefined) return Math.min(replicas, countOf(max, replicas));
  if (min !== undefined) return Math.max(0, replicas - countOf(min, replicas));
  return Math.max(0, replicas - 1); // neither: minAvailable is 1
}

/** Source: GetScaledValueFromIntOrPercent with roundUp, k8s.io/apimachinery/pkg/util/intstr. */
function countOf(value: unknown, replicas: number): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(string(value))?.[1];
  return percent === undefined ? 0 : Math.ceil((Number(percent) * replicas) / 100);
}

/** `maxUnavailable: 0` */
export function limitText(budget: KubeObject): string {
  const max = at(budget, 'spec', 'maxUnavailable');
  return max === undefined
    ? `minAvailable: ${String(at(budget, 'spec', 'minAvailable') ?? 1)}`
    : `maxUnavailable: ${String(max)}`;
}

/** The budgets of a namespace that hold for pods with these labels. */
export function budgetsFor(
  budgets: readonly KubeObject[],
  labels: Readonly<Record<string, string>>,
  namespace: string | undefined,
): KubeObject[] {
  return budgets.filter(
    ({ metadata, spec }) => metadata.namespace === namespace && selectorFinds(at(spec, 'selector'), labels),
  );
}

/** Schedulable and healthy: pods may go there. */
export function isUsable(node: KubeObject): boolean {
  return at(node, 'spec', 'unschedulable') !== true && conditionOf(node, 'Ready')?.status === 'True';
}

/** How many replicas a workload asks for. */
export function replicasOf(workload: KubeObject): number {
  return number(at(workload, 'spec', 'replicas'), 1);
}
