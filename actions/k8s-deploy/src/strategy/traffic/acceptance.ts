import { formatDuration } from '@fairway/action-kit';
import { at, list, number, string, type Tree, tree } from '@fairway/action-kit/tree';
import { groupOf, type KubeObject, labelOf, refOf } from '../../cluster/object.js';
import type { RolloutFailure } from '../../release/roll-out.js';
import type { Site } from '../../site.js';
import { lookUntil } from './look-until.js';

/** How a gateway has taken a route as it is now. */
export type Acceptance = 'taken' | 'open' | { readonly refused: string };

/**
 * What the gateways say of the present generation of a route. One that says nothing yet leaves it open; kinds other than
 * those of the Gateway API say nothing at all, and count as taken.
 * Source: https://gateway-api.sigs.k8s.io/reference/spec/#routeparentstatus
 */
export function acceptanceOf(route: KubeObject): Acceptance {
  if (groupOf(route.apiVersion) !== 'gateway.networking.k8s.io') return 'taken';
  const generation = number(route.metadata.generation);
  const parents = list(at(route, 'status', 'parents')).map((parent) =>
    list(tree(parent).conditions).map(tree),
  );
  const current = parents.map((conditions) =>
    conditions.filter(({ observedGeneration }) => number(observedGeneration) >= generation),
  );
  const bad = current.flat().find((condition) => isNeeded(condition) && condition.status === 'False');
  if (bad) return { refused: `${string(bad.reason)}: ${string(bad.message)}`.slice(0, 300) };
  const isTaken = current.some(
    (conditions) => conditions.filter((one) => isNeeded(one) && one.status === 'True').length === 2,
  );
  return isTaken ? 'taken' : 'open';
}

function isNeeded({ type }: Tree): boolean {
  return type === 'Accepted' || type === 'ResolvedRefs';
}

/**
 * Waits until gateways have taken the routes with their weights: a share that nobody gives would be judged by no request.
 * @returns why the version cannot be judged; undefined when all is well
 */
export async function whetherTaken(
  site: Site,
  routes: readonly KubeObject[],
  signal: AbortSignal,
): Promise<RolloutFailure | undefined> {
  const { timeoutMs } = site.inputs;
  for (const route of routes) {
    const waiting = `${labelOf(route)} waits for its gateway.`;
    const acceptance = await lookUntil(timeoutMs, signal, waiting, async () => {
      const live = await site.client.get(refOf(route));
      const seen = live === undefined ? 'taken' : acceptanceOf(live);
      return seen === 'open' ? undefined : seen;
    });
    if (signal.aborted) return undefined;
    if (acceptance === undefined) {
      return refusedBy(route, `no gateway has taken it within ${formatDuration(timeoutMs)}`);
    }
    if (acceptance !== 'taken') return refusedBy(route, `its gateway says ${acceptance.refused}`);
  }
  return undefined;
}

function refusedBy(route: KubeObject, why: string): RolloutFailure {
  return {
    reason: `${labelOf(route)} does not give the new version its share: ${why}`,
    remedy: `See 'kubectl -n ${route.metadata.namespace} get ${route.kind.toLowerCase()} ${route.metadata.name} -o yaml', its status above all; or share by replicas with  traffic: replicas .`,
    findings: [],
  };
}
