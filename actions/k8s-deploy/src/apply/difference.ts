import { createHash } from 'node:crypto';
import { string, tree } from '@fairway/action-kit/tree';
import type { KubeObject } from '../cluster/object.js';
import { withoutServerFields } from '../source/collect.js';
import type { Applied } from './apply.js';
import { PART_OF } from './apply-set.js';
import { diffLines } from './text-diff.js';

/** Keys in the order people write them; the rest by name. */
const FIRST = [
  'apiVersion',
  'kind',
  'metadata',
  'name',
  'namespace',
  'labels',
  'annotations',
  'type',
  'spec',
  'image',
];

/**
 * What changes for the reader, as lines of a `diff` block. Both sides come from the server, so that what it only fills
 * in by default shows on neither; what only it writes (status, versions, managers) is left out.
 */
export async function differenceOf(applied: Applied): Promise<string> {
  const [before, after] = await Promise.all([applied.before, applied.after].map(readable));
  return diffLines(before ?? '', after ?? '')
    .map(({ mark, text }) => `${mark === '@' ? '@@' : mark}${mark === '@' ? ' ' : ''}${text}`)
    .join('\n');
}

async function readable(object: KubeObject | undefined): Promise<string> {
  if (object === undefined) return '';
  const { stringify } = await import('yaml');
  const shown = hideSecrets(withoutBookkeeping(withoutServerFields(object)));
  return stringify(shown, {
    lineWidth: 0,
    aliasDuplicateObjects: false,
    sortMapEntries: (a, b) => order(a.key, b.key),
  });
}

function order(a: unknown, b: unknown): number {
  const [left, right] = [a, b].map(keyText) as [string, string];
  const rank = (key: string) => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);
  return rank(left) - rank(right) || left.localeCompare(right);
}

/** Keys reach the comparison as the library's nodes. */
function keyText(key: unknown): string {
  return typeof key === 'string' ? key : String(tree(key).value ?? key);
}

function withoutBookkeeping(object: KubeObject): KubeObject {
  const { [PART_OF]: _set, ...labels } = object.metadata.labels ?? {};
  const {
    'deployment.kubernetes.io/revision': _revision,
    'kubectl.kubernetes.io/last-applied-configuration': _last,
    'deprecated.daemonset.template.generation': _generation,
    ...annotations
  } = object.metadata.annotations ?? {};
  const {
    labels: _labels,
    annotations: _annotations,
    finalizers: _finalizers,
    ...metadata
  } = object.metadata;
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(Object.keys(labels).length > 0 && { labels }),
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
  };
}

/** A Secret's values become the beginning of their hash with a salt of this run: whether they differ, and no more. */
function hideSecrets(object: KubeObject): KubeObject {
  if (object.kind !== 'Secret') return object;
  const hide = (field: unknown) =>
    Object.fromEntries(
      Object.entries(tree(field)).map(([key, value]) => [key, `(hidden) ${digest(string(value))}`]),
    );
  return {
    ...object,
    ...(object.data !== undefined && { data: hide(object.data) }),
    ...(object.stringData !== undefined && { stringData: hide(object.stringData) }),
  };
}

const salt = String(Math.random());

function digest(value: string): string {
  return createHash('sha256').update(salt).update(value).digest('hex').slice(0, 8);
}
