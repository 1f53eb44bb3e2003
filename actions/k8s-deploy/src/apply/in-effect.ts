import { isDeepStrictEqual } from 'node:util';
import { list, type Tree, tree } from '@fairway/action-kit/tree';
import { FIELD_MANAGER, type KubeObject } from '../cluster/object.js';

/**
 * Whether an object is in effect just as it would be applied, so that applying it again would change nothing: the server
 * keeps which fields our last apply held, and each of them still has our value. Where that cannot be told for sure (a
 * quantity written in another way, a list item found by a default) the answer is no, and costs a request.
 * Source of the format: FieldsV1 in k8s.io/apimachinery, and fieldpath/serialize-pe.go of structured-merge-diff.
 */
export function isInEffect(object: KubeObject, live: KubeObject): boolean {
  const { apiVersion, kind: _kind, metadata, ...content } = object;
  const { name: _name, namespace: _namespace, ...about } = metadata;
  const own = list(live.metadata.managedFields)
    .map(tree)
    .filter(({ manager, operation }) => manager === FIELD_MANAGER && operation === 'Apply');
  const [entry] = own;
  if (entry === undefined || own.length > 1 || entry.subresource || entry.apiVersion !== apiVersion)
    return false;
  return isHeld(
    { ...content, ...(Object.keys(about).length > 0 && { metadata: about }) },
    live,
    tree(entry.fieldsV1),
    '',
  );
}

/**
 * @param fields what our last apply held here
 * @param place the name of the field whose value this is
 */
function isHeld(wanted: unknown, live: unknown, fields: Tree, place: string): boolean {
  const held = Object.keys(fields).filter((key) => key !== '.');
  if (held.length === 0) return isCovered(wanted, live, place);
  if (Array.isArray(wanted)) return isListHeld(wanted, live, fields, held, place);
  if (typeof wanted !== 'object' || wanted === null) return false;
  const keys = Object.keys(wanted).filter((key) => tree(wanted)[key] !== null || `f:${key}` in fields);
  return (
    keys.length === held.length &&
    keys.every(
      (key) =>
        `f:${key}` in fields && isHeld(tree(wanted)[key], tree(live)[key], tree(fields[`f:${key}`]), key),
    )
  );
}

/**
 * A value that is held as a whole: a selector, a list of a custom resource. It is replaced as a whole too, so what live
 * maps have beyond ours is what an earlier manifest had, except where it is what the server itself writes there.
 * @param place where it stands, from the name of the field that is held: `ingress/ports`
 */
function isCovered(wanted: unknown, live: unknown, place: string): boolean {
  if (typeof wanted !== 'object' || wanted === null) return wanted === live;
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(live) &&
      live.length === wanted.length &&
      wanted.every((item, index) => isCovered(item, live[index], place))
    );
  }
  if (typeof live !== 'object' || live === null || Array.isArray(live)) return false;
  return (
    Object.entries(wanted).every(([key, value]) => isCovered(value, tree(live)[key], `${place}/${key}`)) &&
    Object.entries(live).every(
      ([key, value]) =>
        Object.hasOwn(wanted, key) || isDeepStrictEqual(value, DEFAULTS.get(`${place}/${key}`)),
    )
  );
}

/**
 * What an API server (1.34) was seen to write into values that are held as a whole, where a manifest leaves it out. A
 * default that is missing here costs a request.
 */
const DEFAULTS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['fieldRef/apiVersion', 'v1'],
  ['ingress/ports/protocol', 'TCP'],
  ['egress/ports/protocol', 'TCP'],
  ['volumeClaimTemplates/apiVersion', 'v1'],
  ['volumeClaimTemplates/kind', 'PersistentVolumeClaim'],
  ['volumeClaimTemplates/spec/volumeMode', 'Filesystem'],
  ['volumeClaimTemplates/status', { phase: 'Pending' }],
]);

/** Items are held by their keys (`k:{"name":"web"}`) or as values of a set (`v:"x"`). Their order counts too. */
function isListHeld(
  wanted: readonly unknown[],
  live: unknown,
  fields: Tree,
  held: readonly string[],
  place: string,
): boolean {
  if (!Array.isArray(live) || held.length !== wanted.length) return false;
  const places = new Map<number, number>();
  for (const key of held) {
    const mark = parse(key.slice(2));
    const isItem = key.startsWith('k:');
    if (mark === undefined || !(isItem || key.startsWith('v:'))) return false;
    const ours = wanted.flatMap((item, index) => (fits(item, mark, isItem, true) ? index : []));
    const theirs = live.findIndex((item) => fits(item, mark, isItem, false));
    const [index] = ours;
    if (ours.length !== 1 || index === undefined || theirs < 0 || places.has(index)) return false;
    if (isItem && !isHeld(wanted[index], live[theirs], tree(fields[key]), place)) return false;
    places.set(index, theirs);
  }
  const order = [...places].sort(([a], [b]) => a - b).map(([, place]) => place);
  return order.every((place, index) => index === 0 || place > (order[index - 1] ?? 0));
}

/** @param lenient an item of a manifest may leave to the server what its key has by default: a port's protocol */
function fits(item: unknown, mark: unknown, isItem: boolean, lenient: boolean): boolean {
  if (!isItem) return isDeepStrictEqual(item, mark);
  return Object.entries(tree(mark)).every(([name, value]) => {
    const own = tree(item)[name];
    return own === value || (lenient && own === undefined);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
