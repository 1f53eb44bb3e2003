import { annotation, DOMAIN, type KubeObject } from '../cluster/object.js';

/** Labels and annotations by which an environment is known as one that this action made, for this repository. */
export const MARKS = {
  manager: 'app.kubernetes.io/managed-by',
  release: `${DOMAIN}/preview`,
  pull: `${DOMAIN}/pull-request`,
  repository: `${DOMAIN}/repository`,
  expires: `${DOMAIN}/expires`,
} as const;

/** Whose previews. */
export interface Owner {
  readonly release: string;
  /** `owner/repo` */
  readonly repository: string;
}

/** An environment in the cluster. */
export interface Preview {
  readonly namespace: KubeObject;
  readonly number: number;
  /** Milliseconds since 1970; undefined where somebody took it away. */
  readonly expiresMs: number | undefined;
}

export function namespaceFor(release: string, number: number): string {
  return `${release}-pr-${number}`;
}

export function selectorOf({ release }: Owner): string {
  return `${MARKS.manager}=fairway,${MARKS.release}=${release}`;
}

/**
 * The environment that a namespace is; undefined for one that is not of this release and repository, in every mark and
 * in its name: nothing else is ever deleted.
 */
export function previewIn(namespace: KubeObject, owner: Owner): Preview | undefined {
  const { labels = {}, name } = namespace.metadata;
  const number = /^[1-9]\d{0,8}$/.test(labels[MARKS.pull] ?? '') ? Number(labels[MARKS.pull]) : undefined;
  const isOurs =
    labels[MARKS.manager] === 'fairway' &&
    labels[MARKS.release] === owner.release &&
    owner.repository !== '' &&
    annotation(namespace, MARKS.repository).toLowerCase() === owner.repository.toLowerCase();
  if (!isOurs || number === undefined || name !== namespaceFor(owner.release, number)) return undefined;
  const expiresMs = Date.parse(annotation(namespace, MARKS.expires));
  return { namespace, number, expiresMs: Number.isNaN(expiresMs) ? undefined : expiresMs };
}

/** The namespace of a pull request as it should be. @param expires when its time is up */
export function markedNamespace(owner: Owner, number: number, expires: Date): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: namespaceFor(owner.release, number),
      labels: {
        [MARKS.manager]: 'fairway',
        [MARKS.release]: owner.release,
        [MARKS.pull]: String(number),
      },
      annotations: { [MARKS.repository]: owner.repository, [MARKS.expires]: expires.toISOString() },
    },
  };
}

/** Why an environment is to go; undefined when it stays. */
export function endOf(
  { namespace, expiresMs }: Preview,
  pull: 'open' | 'closed' | 'unknown',
  nowMs: number,
): 'closed' | 'expired' | undefined {
  if (annotation(namespace, `${DOMAIN}/protect`) !== '') return undefined;
  if (namespace.metadata.deletionTimestamp !== undefined) return undefined;
  if (pull === 'closed') return 'closed';
  return expiresMs !== undefined && expiresMs < nowMs ? 'expired' : undefined;
}
