import { info } from '@fairway/action-kit';
import { pause } from '@fairway/exec-kit';
import type { KubeClient } from '../cluster/client.js';
import { type KubeObject, labelOf } from '../cluster/object.js';
import { cordon, evict, uncordon } from './cordon.js';
import type { DrainPlan } from './drain-plan.js';
import { interrupted, type Lookout } from './lookout.js';
import { type Recovery, type RecoveryRules, recover } from './recovery.js';

/** What the disturbances are done with. */
export interface Hand {
  readonly client: KubeClient;
  readonly lookout: Lookout;
  readonly rules: RecoveryRules;
  readonly signal: AbortSignal;
}

/** Between two tries of an eviction that a budget did not let through, in milliseconds; kubectl waits five seconds. */
const RETRY_MS = 1_000;
/** A budget that lets nothing go although all is well lets nothing go ever; its controller needs a moment to count. */
const STUCK_MS = 15_000;

/** Deletes one pod as anybody might, with its grace period, and waits until all is as before. */
export async function deletePod(hand: Hand, pod: KubeObject): Promise<Recovery> {
  const { client, lookout, rules } = hand;
  const { name, namespace, uid = '' } = pod.metadata;
  const wanted = lookout.readyPods(new Set()).length;
  const beganMs = performance.now();
  rules.tell(`deleted pod ${name}`);
  const place = namespace === undefined ? {} : { namespace };
  await client.delete({ apiVersion: 'v1', kind: 'Pod', name, ...place }, { uid });
  return recover(lookout, new Set([uid]), beganMs, wanted, rules);
}

/**
 * Closes a node, evicts the workload's pods from it, waits until they are back elsewhere, and opens the node again
 * however that ends. On an only node it is opened first, since nothing can come back before.
 * @param by `namespace/release`
 */
export async function drainNode(
  hand: Hand,
  plan: Extract<DrainPlan, { node: string }>,
  by: string,
): Promise<Recovery> {
  const { client, lookout, rules } = hand;
  const wanted = lookout.readyPods(new Set()).length;
  const doomed = new Set(plan.pods.map(({ metadata }) => metadata.uid ?? ''));
  const beganMs = performance.now();
  let recovery: Recovery | undefined;
  try {
    rules.tell(`cordoned node ${plan.node}`);
    await cordon(client, plan.node, by);
    const stuck = await evictAll(hand, plan.pods, wanted, beganMs);
    if (stuck !== undefined) return stuck;
    if (plan.onlyNode)
      await lookout.until(rules.timeoutMs, () => (lookout.hasLost(doomed) ? true : undefined));
    else recovery = await recover(lookout, doomed, beganMs, wanted, rules);
  } finally {
    await uncordon(client, plan.node, by);
    rules.tell(`uncordoned node ${plan.node}`);
  }
  recovery ??= await recover(lookout, doomed, beganMs, wanted, rules);
  // What found no room elsewhere finds it here again: the workload is not left smaller than it was.
  if (recovery.problem)
    await lookout.until(rules.timeoutMs, () => (isWhole(lookout, wanted) ? true : undefined));
  return recovery;
}

/** @returns how it failed, where a budget let a pod go neither now nor later */
async function evictAll(
  hand: Hand,
  pods: readonly KubeObject[],
  wanted: number,
  beganMs: number,
): Promise<Recovery | undefined> {
  const { client, lookout, rules, signal } = hand;
  const results = await Promise.all(
    pods.map(async ({ metadata }) => {
      let wholeSince: number | undefined;
      while (!signal.aborted) {
        if (await evict(client, metadata)) {
          rules.tell(`evicted pod ${metadata.name}`);
          return undefined;
        }
        const now = performance.now();
        wholeSince = isWhole(lookout, wanted) ? (wholeSince ?? now) : undefined;
        const isStuck = wholeSince !== undefined && now - wholeSince > STUCK_MS;
        if (isStuck || now - beganMs > rules.timeoutMs) break;
        info(`a PodDisruptionBudget holds ${metadata.name} back; trying again`);
        await pause(RETRY_MS, signal);
      }
      return metadata.name;
    }),
  );
  if (signal.aborted) throw interrupted();
  const stuck = results.find((name) => name !== undefined);
  if (stuck === undefined) return undefined;
  const problem = {
    reason: `a PodDisruptionBudget never let the pod ${stuck} of ${labelOf(lookout.workload)} be evicted: a drain of its node hangs`,
    remedy: 'Let one go at a time:  spec.maxUnavailable: 1  in the PodDisruptionBudget.',
  };
  return { readyMs: undefined, goneMs: undefined, problem, findings: [] };
}

function isWhole(lookout: Lookout, wanted: number): boolean {
  return lookout.readyPods(new Set()).length >= wanted;
}
