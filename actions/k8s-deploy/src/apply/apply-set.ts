import { createHash } from 'node:crypto';
import { groupOf, type KubeObject, type ObjectRef } from '../cluster/object.js';

/** The label that says to which set an object belongs. Source: KEP-3659, kubectl's ApplySet specification. */
export const PART_OF = 'applyset.kubernetes.io/part-of';

/** The label by which its parent has the id of a set. */
export const PARENT_ID = 'applyset.kubernetes.io/id';

/** The ConfigMap that stands for a release's set of objects. */
export function parentRef(release: string, namespace: string): ObjectRef {
  return { apiVersion: 'v1', kind: 'ConfigMap', name: `fairway.${release}`, namespace };
}

/** `applyset-<base64url of the SHA-256 of name.namespace.kind.group>-v1`, as the specification says. */
export function applySetId(parent: ObjectRef): string {
  const identity = [parent.name, parent.namespace ?? '', parent.kind, groupOf(parent.apiVersion)].join('.');
  return `applyset-${createHash('sha256').update(identity).digest('base64url')}-v1`;
}

export function inApplySet(object: KubeObject, id: string): KubeObject {
  return {
    ...object,
    metadata: { ...object.metadata, labels: { ...object.metadata.labels, [PART_OF]: id } },
  };
}

/** The parent with what the specification asks for, so that `kubectl apply --applyset` understands it too. */
export function parentObject(release: string, namespace: string, objects: readonly KubeObject[]): KubeObject {
  const parent = parentRef(release, namespace);
  const kinds = new Set(
    objects.map(({ apiVersion, kind }) => [kind, groupOf(apiVersion)].filter(Boolean).join('.')),
  );
  const others = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
  others.delete(namespace);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: parent.name,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'fairway', [PARENT_ID]: applySetId(parent) },
      annotations: {
        'applyset.kubernetes.io/tooling': 'fairway/v1',
        'applyset.kubernetes.io/contains-group-kinds': [...kinds].sort().join(','),
        ...(others.size > 0 && {
          'applyset.kubernetes.io/additional-namespaces': [...others].sort().join(','),
        }),
      },
    },
  };
}
