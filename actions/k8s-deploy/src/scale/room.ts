import { at, string } from '@fairway/action-kit/tree';
import type { KubeObject } from '../cluster/object.js';
import { isFromCloud } from '../rollout/autoscaler.js';
import { type Concern, numberOf, type Sizing } from './concern.js';
import { fittingNodes, podsOn, ZONE, zoneOf } from './place.js';
import { podSize } from './pod-size.js';

/**
 * Whether the nodes can hold the workloads: a single pod, as many as an autoscaler may ask for, and the least that it
 * goes down to when the largest node or zone is lost. Counted as if nothing else ran there, so that what is said is
 * certain. Pure.
 */
export function roomConcerns(
  sizings: readonly Sizing[],
  nodes: readonly KubeObject[],
  limitRanges: readonly KubeObject[],
): Concern[] {
  return sizings.flatMap((sizing) => {
    const spec = at(sizing.workload, 'spec', 'template', 'spec');
    const size = podSize(spec, limitRanges);
    const fitting = fittingNodes(spec, nodes);
    // No node at all is told by the scheduler, in its own words, within seconds of the roll-out.
    if (fitting.length === 0 || sizing.most === 0) return [];
    const byNode = new Map(fitting.map((node) => [node, podsOn(node, size)]));
    const total = sumOf(byNode.values());
    if (total === 0) return [tooLarge(sizing)];
    // Where machines come from a cloud there may be more of them than there are.
    if (total < sizing.most && !nodes.some(mayGrow)) return [tooMany(sizing, total, fitting.length)];
    return lossConcerns(sizing, byNode, total);
  });
}

function lossConcerns(sizing: Sizing, byNode: ReadonlyMap<KubeObject, number>, total: number): Concern[] {
  const zones = new Map<string, number>();
  for (const [node, pods] of byNode) {
    const zone = zoneOf(node);
    if (zone !== '') zones.set(zone, (zones.get(zone) ?? 0) + pods);
  }
  const nodes = new Map([...byNode].map(([{ metadata }, pods]) => [metadata.name, pods]));
  return [
    ...(nodes.size > 1 ? lostPlace(sizing, 'node', nodes, total) : []),
    ...(zones.size > 1 ? lostPlace(sizing, 'zone', zones, total) : []),
  ];
}

function lostPlace(
  sizing: Sizing,
  what: 'node' | 'zone',
  places: ReadonlyMap<string, number>,
  total: number,
): Concern[] {
  const [largest] = [...places].sort(([, a], [, b]) => b - a);
  if (largest === undefined || total - largest[1] >= sizing.least) return [];
  return [
    {
      code: `lost-${what}`,
      message: `when the ${what} ${largest[0]} is lost, the others take ${total - largest[1]} pods of ${sizing.label}, and it needs ${sizing.least} (${numberOf(sizing)})`,
      remedy:
        what === 'node'
          ? 'Add a node, or ask for less in resources.requests.'
          : `Add nodes in another zone (${ZONE}).`,
    },
  ];
}

function tooLarge({ label }: Sizing): Concern {
  return {
    code: 'pod-too-large',
    message: `one pod of ${label} asks for more than any node has, even with nothing else on it`,
    remedy: 'Ask for less in resources.requests, or add a larger node.',
  };
}

function tooMany(sizing: Sizing, total: number, nodes: number): Concern {
  const where = nodes === 1 ? 'the one node that fits takes' : `the ${nodes} nodes that fit take`;
  return {
    code: 'no-room',
    message: `${numberOf(sizing)} may ask for ${sizing.most} pods; ${where} ${total}, even with nothing else there`,
    remedy: `${sizing.scaler ? 'maxReplicas' : 'replicas'}: ${total}  or add nodes, or ask for less in resources.requests.`,
  };
}

function mayGrow(node: KubeObject): boolean {
  return isFromCloud(string(at(node, 'spec', 'providerID')));
}

function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
