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
  await each([...groups.values()], async ([first, ...others]) => {
    if (first === undefined || others.length + 1 < LIST_FROM) return;
    const resource = await client.resource(first.apiVersion, first.kind);
    const labelSelector = `${PART_OF}=${applySet}`;
    const { items } = await client.list(resource, first.metadata.namespace, { labelSelector });
    for (const item of items) live.set(keyOf(item), item);
  });
  await each(
    known.filter((object) => !live.has(keyOf(object))),
    async (object) => {
      const found = await client.get(refOf(object));
      if (found) live.set(keyOf(object), found);
    },
  );
  return live;
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
