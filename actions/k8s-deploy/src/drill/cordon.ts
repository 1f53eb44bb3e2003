import { info, messageOf, warning } from '@fairway/action-kit';
import { at } from '@fairway/action-kit/tree';
import { hasStatus } from '../cluster/api-error.js';
import type { KubeClient } from '../cluster/client.js';
import { builtIn, pathOf, type Resource } from '../cluster/kinds.js';
import { annotation, DOMAIN, type KubeObject, type Metadata } from '../cluster/object.js';

export const NODES = builtIn('v1', 'Node') as Resource;

/** Says on a node which drill cordoned it, so that the next one can open what a killed one left closed. */
export const CORDONED_BY = `${DOMAIN}/drill`;

/** Closes a node to new pods. @param by `namespace/release` */
export async function cordon(client: KubeClient, node: string, by: string): Promise<void> {
  await patchNode(client, node, {
    metadata: { annotations: { [CORDONED_BY]: by } },
    spec: { unschedulable: true },
  });
  info(`cordoned  Node ${node}`);
}

/** Opens a node again, if it is still closed by us. What goes wrong is a warning that says what to type. */
export async function uncordon(client: KubeClient, node: string, by: string): Promise<void> {
  try {
    const found = await client.get({ apiVersion: 'v1', kind: 'Node', name: node });
    if (found === undefined || annotation(found, CORDONED_BY) !== by) return;
    await patchNode(client, node, {
      metadata: { annotations: { [CORDONED_BY]: null } },
      spec: { unschedulable: null },
    });
    info(`uncordoned Node ${node}`);
  } catch (error) {
    warning(
      `The node ${node} could not be opened again (${messageOf(error)}). Run:  kubectl uncordon ${node}`,
    );
  }
}

/** Opens what a drill of this release that was killed has left closed. */
export async function openLeftClosed(
  client: KubeClient,
  nodes: readonly KubeObject[],
  by: string,
): Promise<boolean> {
  const left = nodes.filter(
    (node) => annotation(node, CORDONED_BY) === by && at(node, 'spec', 'unschedulable') === true,
  );
  for (const { metadata } of left) await uncordon(client, metadata.name, by);
  return left.length > 0;
}

async function patchNode(client: KubeClient, node: string, body: unknown): Promise<void> {
  await client.connection.bytes({
    method: 'PATCH',
    path: `${pathOf(NODES, undefined, node)}?fieldManager=fairway-drill`,
    contentType: 'application/merge-patch+json',
    body,
    doing: `Changing Node ${node}`,
  });
}

/**
 * Asks that a pod be evicted, as `kubectl drain` does.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
 * @returns false where a PodDisruptionBudget does not let it go now (429)
 */
export async function evict(client: KubeClient, pod: Metadata): Promise<boolean> {
  const { name, namespace, uid } = pod;
  try {
    await client.connection.bytes({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/pods/${name}/eviction`,
      body: {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name, namespace },
        deleteOptions: { preconditions: { uid } },
      },
      doing: `Evicting Pod ${name}`,
      once: true,
    });
    return true;
  } catch (error) {
    if (hasStatus(error, 429)) return false;
    if (hasStatus(error, 404)) return true; // gone already
    throw error;
  }
}
