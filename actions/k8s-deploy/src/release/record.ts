import { ActionError } from '@fairway/action-kit';
import { asObject, DOMAIN, type KubeObject, type ObjectRef } from '../cluster/object.js';
import { at, list, string, tree } from '../cluster/tree.js';

export const STATES = ['pending', 'good', 'failed', 'interrupted', 'undone'] as const;

/** `pending` while it is rolled out, or for ever when its run died; `undone` when someone rolled back from it. */
export type State = (typeof STATES)[number];

/** One revision of a release: what was applied, by which run, and what became of it. */
export interface Revision {
  readonly release: string;
  readonly namespace: string;
  readonly number: number;
  readonly state: State;
  readonly objects: readonly KubeObject[];
  /** What did not exist before this revision: undoing it deletes these. */
  readonly created: readonly ObjectRef[];
  readonly about: About;
}

export interface About {
  readonly commit: string;
  readonly run: string;
  readonly actor: string;
  readonly images: Readonly<Record<string, string>>;
  readonly startedAt: string;
  readonly reason: string;
}

/** What an etcd value may hold is 1.5 MiB; Kubernetes limits a Secret's data to this. */
const SECRET_BYTES = 1024 * 1024;

const labels = {
  release: `${DOMAIN}/release`,
  revision: `${DOMAIN}/revision`,
  state: `${DOMAIN}/state`,
};

export function selectorOf(release: string): string {
  return `${labels.release}=${release}`;
}

export function secretName(release: string, revision: number): string {
  return `fairway.${release}.v${revision}`;
}

/**
 * A revision as a Secret. `objects` is a gzipped `List`, so that it can be put back with nothing but kubectl
 * (see {@link rollbackCommand}); a Secret and not a ConfigMap, because the release may hold Secrets.
 * @throws ActionError 'release-too-large'
 */
export async function toSecret(revision: Revision): Promise<KubeObject> {
  const { gzipSync } = await import('node:zlib');
  const items = { apiVersion: 'v1', kind: 'List', items: revision.objects };
  const objects = gzipSync(JSON.stringify(items), { level: 9 }).toString('base64');
  if (objects.length > SECRET_BYTES) {
    throw new ActionError(
      'release-too-large',
      `The release is ${objects.length} bytes even compressed; a Secret holds ${SECRET_BYTES}.`,
      {
        remedy: 'Split it into two releases, or move large ConfigMaps (dashboards, data files) out of it.',
      },
    );
  }
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: secretName(revision.release, revision.number),
      namespace: revision.namespace,
      labels: {
        'app.kubernetes.io/managed-by': 'fairway',
        [labels.release]: revision.release,
        [labels.revision]: String(revision.number),
        [labels.state]: revision.state,
      },
    },
    type: `${DOMAIN}/release.v1`,
    data: { objects, created: encode(revision.created), about: encode(revision.about) },
  };
}

/** @returns undefined for a Secret that is no revision (or one that somebody edited beyond use) */
export async function fromSecret(secret: KubeObject): Promise<Revision | undefined> {
  const { gunzipSync } = await import('node:zlib');
  const given = secret.metadata.labels ?? {};
  const number = Number(given[labels.revision]);
  const state = STATES.find((candidate) => candidate === given[labels.state]);
  if (!Number.isInteger(number) || number < 1 || state === undefined) return undefined;
  const decode = (field: string) => Buffer.from(string(at(secret, 'data', field)), 'base64');
  try {
    const unpacked = gunzipSync(decode('objects'), { maxOutputLength: 64 * 1024 * 1024 }).toString('utf8');
    const objects = list(tree(JSON.parse(unpacked)).items).flatMap((item) => asObject(item) ?? []);
    const created = JSON.parse(decode('created').toString('utf8')) as ObjectRef[];
    const about = JSON.parse(decode('about').toString('utf8')) as About;
    const release = string(given[labels.release]);
    return { release, namespace: secret.metadata.namespace ?? '', number, state, objects, created, about };
  } catch {
    return undefined;
  }
}

/** Puts a revision's objects back without this action: for the person who has only kubectl at hand. */
export function rollbackCommand(revision: Revision): string {
  const secret = secretName(revision.release, revision.number);
  return `kubectl -n ${revision.namespace} get secret ${secret} -o jsonpath='{.data.objects}' | base64 -d | gunzip | kubectl apply --server-side --force-conflicts --field-manager=fairway -f -`;
}
