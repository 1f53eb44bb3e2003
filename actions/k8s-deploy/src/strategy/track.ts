import { at, list, string, tree } from '@fairway/action-kit/tree';
import { DOMAIN, type KubeObject } from '../cluster/object.js';

/** Tells the objects and pods of a version on trial from the stable ones: `canary`, or a colour such as `r5`. */
export const TRACK = `${DOMAIN}/track`;
export const CANARY = 'canary';
/** The label by which a ReplicaSet tells its pods from those of other revisions of its Deployment. */
export const HASH = 'pod-template-hash';

export function trackOf(object: KubeObject): string {
  return object.metadata.labels?.[TRACK] ?? '';
}

/** Labels as a map of texts. */
export function labelsAt(value: unknown, ...path: readonly string[]): Readonly<Record<string, string>> {
  const labels = tree(at(value, ...path));
  return Object.fromEntries(Object.entries(labels).map(([key, text]) => [key, string(text)]));
}

/** Whether a Service's selector finds pods with these labels. An empty selector finds none. */
export function selects(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  const wanted = Object.entries(selector).filter(([key]) => key !== TRACK);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

/**
 * A Deployment's own selector as the API takes it in a query. Where it does not name a track itself, pods on trial are
 * left out: their labels are the same otherwise.
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function podSelector(deployment: KubeObject): string {
  const labels = labelsAt(deployment, 'spec', 'selector', 'matchLabels');
  const equal = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const expressions = list(at(deployment, 'spec', 'selector', 'matchExpressions')).map(tree);
  const others = expressions.map(({ key, operator, values }) => {
    const set = `(${list(values).map(string).join(',')})`;
    if (operator === 'In') return `${string(key)} in ${set}`;
    if (operator === 'NotIn') return `${string(key)} notin ${set}`;
    return `${operator === 'DoesNotExist' ? '!' : ''}${string(key)}`;
  });
  const apart = TRACK in labels ? [] : [`!${TRACK}`];
  return [...equal, ...others, ...apart].join(',');
}
