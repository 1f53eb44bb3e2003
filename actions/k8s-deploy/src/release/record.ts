import { ActionError } from '@fairway/action-kit';
import { at, list, string, tree } from '@fairway/action-kit/tree';
import { asObject, DOMAIN, type KubeObject, type ObjectRef } from '../cluster/object.js';

export const STATES = ['pending', 'paused', 'good', 'failed', 'interrupted', 'undone'] as const;

/**
 * `pending` while it is rolled out, or for ever when its run died; `paused` on trial until a person decides; `undone`
 * when someone rolled back from it, or rejected it.
 */
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
  /** How it took over; a run that died then may have left something of its trial. */
  readonly strategy?: string;
  /** A bad one that was not gone back from: all or half of it is what runs. */
  readonly isLeft?: boolean;
}

/** What an etcd value may hold is 1.5 MiB; Kubernetes limits the data of a ConfigMap or Secret to this. */
const RECORD_BYTES = 1024 * 1024;

const labels = {
  release: `${DOMAIN}/release`,
  revision: `${DOMAIN}/revision`,
  state: `${DOMAIN}/state`,
};

export function selectorOf(release: string): string {
  return `${labels.release}=${release}`;
}

export const goodSelector = `${labels.state}=good`;

export function recordName(release: string, revision: number): string {
  return `fairway.${release}.v${revision}`;
}

/**
 * Where a revision is kept: a ConfigMap, so that a deployer needs no right to read secrets; a Secret where the release
 * itself holds one, for which the deployer has that right anyway.
 */
export function recordKind(objects: readonly KubeObject[]): 'ConfigMap' | 'Secret' {
  return objects.some(({ kind }) => kind === 'Secret') ? 'Secret' : 'ConfigMap';
}

const FIELDS = { ConfigMap: 'binaryData', Secret: 'data' };

/**
 * A revision as an object of the cluster. `objects` is a gzipped `List`, so that it can be put back with nothing but
 * kubectl (see {@link rollbackCommand}).
 * @throws ActionError 'release-too-large'
 */
export async function toRecord(revision: Revision): Promise<KubeObject> {
  const { gzipSync } = await import('node:zlib');
  const items = { apiVersion: 'v1', kind: 'List', items: revision.objects };
  const objects = gzipSync(JSON.stringify(items), { level: 9 }).toString('base64');
  if (objects.length > RECORD_BYTES) {
    throw new ActionError(
      'release-too-large',
      `The release is ${objects.length} bytes even compressed; its record may have ${RECORD_BYTES}.`,
      { remedy: 'Split it into two releases, or move large ConfigMaps (dashboards, data files) out of it.' },
    );
  }
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
  const kind = recordKind(revision.objects);
  return {
    apiVersion: 'v1',
    kind,
    metadata: {
      name: recordName(revision.release, revision.number),
      namespace: revision.namespace,
      labels: {
        'app.kubernetes.io/managed-by': 'fairway',
        [labels.release]: revision.release,
        [labels.revision]: String(revision.number),
        [labels.state]: revision.state,
      },
    },
    ...(kind === 'Secret' && { type: `${DOMAIN}/release.v1` }),
    [FIELDS[kind]]: { objects, created: encode(revision.created), about: encode(revision.about) },
  };
}

/** @returns undefined for what is no revision (or one that somebody edited beyond use) */
export async function fromRecord(record: KubeObject): Promise<Revision | undefined> {
  const { gunzipSync } = await import('node:zlib');
  const given = record.metadata.labels ?? {};
  const data = record.kind === 'Secret' ? record.data : record.binaryData;
  const number = Number(given[labels.revision]);
  const state = STATES.find((candidate) => candidate === given[labels.state]);
  if (!Number.isInteger(number) || number < 1 || state === undefined) return undefined;
  const decode = (field: string) => Buffer.from(string(at(data, field)), 'base64');
  try {
    const unpacked = gunzipSync(decode('objects'), { maxOutputLength: 64 * 1024 * 1024 }).toString('utf8');
    const objects = list(tree(JSON.parse(unpacked)).items).flatMap((item) => asObject(item) ?? []);
    const created = JSON.parse(decode('created').toString('utf8')) as ObjectRef[];
    const about = JSON.parse(decode('about').toString('utf8')) as About;
    const release = string(given[labels.release]);
    return { release, namespace: record.metadata.namespace ?? '', number, state, objects, created, about };
  } catch {
    return undefined;
  }
}

/** Puts a revision's objects back without this action: for the person who has only kubectl at hand. */
export function rollbackCommand(revision: Revision): string {
  const kind = recordKind(revision.objects);
  const record = `${kind.toLowerCase()} ${recordName(revision.release, revision.number)}`;
  const unpack = `-o jsonpath='{.${FIELDS[kind]}.objects}' | base64 -d | gunzip`;
  const apply = 'kubectl apply --server-side --force-conflicts --field-manager=fairway -f -';
  return `kubectl -n ${revision.namespace} get ${record} ${unpack} | ${apply}`;
}
