import { at, number, string, tree } from '@fairway/action-kit/tree';
import { groupOf, type KubeObject } from '../cluster/object.js';

/**
 * Leaves the number of replicas to the autoscaler where the release has one for the object: what runs now stays, so
 * that a deployment in the middle of a rush neither throws instances away nor quarrels over the field. A workload that
 * is new, or was scaled to nothing, starts at what the manifest says, and at least at the autoscaler's minimum.
 */
export function keepScale(
  object: KubeObject,
  release: readonly KubeObject[],
  live: KubeObject | undefined,
): KubeObject {
  const scaler = release.find((candidate) => scales(candidate, object));
  if (scaler === undefined) return object;
  const running = number(at(live, 'spec', 'replicas'));
  const least = number(at(scaler, 'spec', 'minReplicas'), 1);
  const replicas = running > 0 ? running : Math.max(least, number(at(object, 'spec', 'replicas')));
  return { ...object, spec: { ...tree(object.spec), replicas } };
}

/** Whether an autoscaler decides over the replicas of a workload. */
export function scales(scaler: KubeObject, object: KubeObject): boolean {
  if (scaler.kind !== 'HorizontalPodAutoscaler') return false;
  const target = tree(at(scaler, 'spec', 'scaleTargetRef'));
  return (
    target.kind === object.kind &&
    target.name === object.metadata.name &&
    groupOf(string(target.apiVersion)) === groupOf(object.apiVersion) &&
    scaler.metadata.namespace === object.metadata.namespace
  );
}
