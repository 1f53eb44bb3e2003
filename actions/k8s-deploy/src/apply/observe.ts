import { ActionError } from '@fairway/action-kit';
import type { KubeClient } from '../cluster/client.js';
import { type KubeObject, keyOf, refOf } from '../cluster/object.js';
import { type Definition, definitionsIn, isDefinedBy } from '../source/definitions.js';
import { PART_OF } from './apply-set.js';
import { each } from './each.js';

/** From this many objects of a kind on, one list is cheaper than reading each. */
const LIST_FROM = 4;

/**
 * What the cluster holds of the given objects before they are applied, by key. Objects of a kind that the release has
 * many of come in one request, by the label of its ApplySet; what that misses is read one by one.
 */
export async function observe(
  client: KubeClient,
  objects: readonly KubeObject[],
  applySet: string,
): Promise<Map<string, KubeObject>> {
  const live = new Map<string, KubeObject>();
  const missing = await missingDefinitions(client, objects);
  const known = objects.filter((object) => !isDefinedBy(missing, object));
  const groups = Map.groupBy(known, ({ apiVersion, kind, metadata }) =>
    [apiVersion, kind, metadata.namespace ?? ''].join('|'),
  );
  const absent = new Set<string>();
  await each([...groups.values()], async (group) => {
    const [
      {
        metadata: { namespace },
      } = NOTHING,
    ] = group;
    // What has no namespace is nobody's alone: a deployer may rarely list it.
    if (namespace === undefined || group.length < LIST_FROM) return;
    await observeGroup(client, group, namespace, applySet, { live, absent });
  });
  await each(
    known.filter((object) => !live.has(keyOf(object)) && !absent.has(keyOf(object))),
    async (object) => {
      const found = await client.get(refOf(object));
      if (found) live.set(keyOf(object), found);
    },
  );
  return live;
}

const NOTHING = { metadata: { namespace: undefined } };

/** Objects of one kind in one namespace. Of what a first release brings most is not there, which one more request tells. */
async function observeGroup(
  client: KubeClient,
  group: readonly KubeObject[],
  namespace: string,
  applySet: string,
  seen: { readonly live: Map<string, KubeObject>; readonly absent: Set<string> },
): Promise<void> {
  const [sample] = group;
  if (sample === undefined) return;
  const resource = await client.resource(sample.apiVersion, sample.kind);
  const { items } = await client.list(resource, namespace, { labelSelector: `${PART_OF}=${applySet}` });
  for (const item of items) seen.live.set(keyOf(item), item);
  const others = group.filter((object) => !seen.live.has(keyOf(object)));
  if (others.length < LIST_FROM) return;
  const names = await client.names(resource, namespace);
  for (const object of others) if (names?.has(object.metadata.name) === false) seen.absent.add(keyOf(object));
}

/** Kinds that this release itself defines, and of which the cluster has no collection to look at yet. */
export async function missingDefinitions(
  client: KubeClient,
  objects: readonly KubeObject[],
): Promise<Definition[]> {
  const missing: Definition[] = [];
  for (const definition of definitionsIn(objects)) {
    const sample = objects.find((object) => isDefinedBy([definition], object));
    if (sample && !(await isServed(client, sample))) missing.push(definition);
  }
  return missing;
}

/** Whether the cluster knows the kind already. */
async function isServed(client: KubeClient, { apiVersion, kind }: KubeObject): Promise<boolean> {
  try {
    await client.resource(apiVersion, kind);
    return true;
  } catch (error) {
    if (error instanceof ActionError && error.code === 'unknown-kind') return false;
    throw error;
  }
}
