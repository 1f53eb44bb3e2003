import type { KubeClient } from '../cluster/client.js';
import { builtIn, isBuiltInGroup } from '../cluster/kinds.js';
import { type KubeObject, keyOf } from '../cluster/object.js';
import type { WatchTarget } from '../cluster/watch.js';

const CONTROLLERS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicaSet', 'Pod']);

/** The collections to watch: the release's own objects by label, and what their controllers make of them. */
export async function watchTargets(
  client: KubeClient,
  awaited: readonly KubeObject[],
  labelSelector: string,
): Promise<WatchTarget[]> {
  const targets = new Map<string, WatchTarget>();
  const add = (apiVersion: string, kind: string, namespace: string | undefined, selection: object) => {
    const key = keyOf({ apiVersion, kind, name: '', ...(namespace !== undefined && { namespace }) });
    const resource = builtIn(apiVersion, kind);
    if (resource && !targets.has(key)) targets.set(key, { resource, namespace, ...selection });
  };
  for (const object of awaited) {
    const { namespace } = object.metadata;
    if (!isBuiltInGroup(object.apiVersion)) {
      const resource = await client.resource(object.apiVersion, object.kind);
      targets.set(keyOf({ ...object, name: '', ...(namespace !== undefined && { namespace }) }), {
        resource,
        namespace,
        labelSelector,
      });
    } else if (object.kind !== 'Pod') add(object.apiVersion, object.kind, namespace, { labelSelector });
  }
  const workloads = awaited.filter(({ kind }) => CONTROLLERS.has(kind));
  const hasClaims = new Set(
    awaited.filter(({ kind }) => kind === 'PersistentVolumeClaim').map(({ metadata }) => metadata.namespace),
  );
  for (const { kind, metadata } of [
    ...workloads,
    ...awaited.filter((o) => o.kind === 'PersistentVolumeClaim'),
  ]) {
    if (CONTROLLERS.has(kind)) add('v1', 'Pod', metadata.namespace, {});
    if (kind === 'Deployment') add('apps/v1', 'ReplicaSet', metadata.namespace, {});
    add(
      'v1',
      'Event',
      metadata.namespace,
      hasClaims.has(metadata.namespace) ? {} : { fieldSelector: 'type=Warning' },
    );
  }
  return [...targets.values()];
}
