import { at, list, string, tree } from '@fairway/action-kit/tree';
import type { KubeClient } from '../cluster/client.js';
import { builtIn, pathOf, type Resource } from '../cluster/kinds.js';

const NODES = builtIn('v1', 'Node') as Resource;
/** How long an autoscaler may take to bring a node, and how long we wait where there can be none. */
export const NODE_MS = { possible: 60_000, impossible: 2_000 };

/**
 * Milliseconds that pods may wait for a node. A cluster of machines from a cloud may have an autoscaler; one of plain
 * machines has none. Whoever may not look at nodes (a deployer seldom may) has to wait.
 */
export async function nodePatienceMs(client: KubeClient): Promise<number> {
  try {
    const answer = await client.connection.json({
      method: 'GET',
      path: `${pathOf(NODES, undefined)}?limit=20`,
      doing: 'Looking at the nodes',
    });
    const cloudy = list(tree(answer).items).some((node) =>
      isFromCloud(string(at(node, 'spec', 'providerID'))),
    );
    return cloudy ? NODE_MS.possible : NODE_MS.impossible;
  } catch {
    return NODE_MS.possible;
  }
}

/** `aws:///eu-central-1a/i-…`; kind, k3s, kwok and kubeadm machines have none that a node group could grow. */
export function isFromCloud(providerId: string): boolean {
  return providerId !== '' && !/^(kind|k3s|kwok):/.test(providerId);
}
