import { at, list, string, type Tree, tree } from '@fairway/action-kit/tree';

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly {
    readonly uid: string;
    readonly kind: string;
    readonly name: string;
  }[];
  readonly [field: string]: unknown;
}

/** A Kubernetes object, as a manifest holds it or the API gives it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
}

/** Which object is meant, without its content. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** The domain of every label and annotation that Fairway writes. */
export const DOMAIN = 'fairway-ci.github.io';

/** The one field manager under which Fairway applies. */
export const FIELD_MANAGER = 'fairway';

export function refOf(object: KubeObject): ObjectRef {
  const { name, namespace } = object.metadata;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name,
    ...(namespace !== undefined && { namespace }),
  };
}

export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** One text an object, whatever version of its API names it. */
export function keyOf(object: ObjectRef | KubeObject): string {
  const ref: ObjectRef = 'metadata' in object ? refOf(object) : object;
  return [groupOf(ref.apiVersion), ref.kind, ref.namespace ?? '', ref.name].join('|');
}

/** `Deployment photo-app`, for people. */
export function labelOf(object: ObjectRef | KubeObject): string {
  const ref: ObjectRef = 'metadata' in object ? refOf(object) : object;
  return `${ref.kind} ${ref.name}`;
}

export function annotation(object: KubeObject, name: string): string {
  return string(object.metadata.annotations?.[name]);
}

export function conditionOf(object: KubeObject, type: string): Tree | undefined {
  return list(at(object, 'status', 'conditions'))
    .map(tree)
    .find((condition) => condition.type === type);
}

/** @returns undefined for what has no apiVersion, kind and name as text */
export function asObject(value: unknown): KubeObject | undefined {
  const { apiVersion, kind, metadata } = tree(value);
  const { name } = tree(metadata);
  const isObject = typeof apiVersion === 'string' && typeof kind === 'string' && typeof name === 'string';
  return isObject && name !== '' ? (value as KubeObject) : undefined;
}
