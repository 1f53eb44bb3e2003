import { formatDuration } from '@fairway/action-kit';
import { at, number } from '@fairway/action-kit/tree';
import { conditionOf, labelOf } from '../cluster/object.js';
import { assess } from '../rollout/assess.js';
import { NODE_MS } from '../rollout/autoscaler.js';
import { type Finding, sentence } from '../rollout/finding.js';
import { Patience } from '../rollout/patience.js';
import { replicasOf } from '../scale/budget.js';
import type { Lookout } from './lookout.js';

/** How a workload came back. */
export interface Recovery {
  /** Milliseconds from the disturbance until as many pods as before took requests; undefined when they never did. */
  readonly readyMs: number | undefined;
  /** Milliseconds until what was taken away was gone; undefined when it was still there at the end. */
  readonly goneMs: number | undefined;
  readonly problem: { readonly reason: string; readonly remedy: string } | undefined;
  readonly findings: readonly Finding[];
}

export interface RecoveryRules {
  /** Tells what happens, for the timeline. */
  readonly tell: (what: string) => void;
  readonly timeoutMs: number;
  readonly crashLoopThreshold: number;
}

/**
 * Waits until a workload has as many ready pods as it had, and those that were taken away are gone: an old pod that is
 * still ending may still lose requests.
 * @param doomed uids of what was taken away
 * @param beganMs when, by `performance.now()`
 * @param wanted how many pods were ready before; fewer are enough where the autoscaler has asked for fewer since
 */
export async function recover(
  lookout: Lookout,
  doomed: ReadonlySet<string>,
  beganMs: number,
  wanted: number,
  rules: RecoveryRules,
): Promise<Recovery> {
  const patience = new Patience();
  const judging = { crashLoopThreshold: rules.crashLoopThreshold, appearMs: 0, nodeMs: NODE_MS.possible };
  let readyMs: number | undefined;
  let goneMs: number | undefined;
  let findings: readonly Finding[] = [];
  const enough = () => Math.min(wanted, replicasOf(lookout.workload));
  const broken = await lookout.until<readonly Finding[]>(rules.timeoutMs, () => {
    const sinceMs = performance.now() - beganMs;
    const isReady = lookout.readyPods(doomed).length >= enough();
    if (isReady && readyMs === undefined) {
      readyMs = sinceMs;
      rules.tell(`all pods ready ${formatDuration(readyMs)} after it began`);
    }
    if (goneMs === undefined && lookout.hasLost(doomed)) {
      goneMs = sinceMs;
      rules.tell(`what was taken away has ended, ${formatDuration(goneMs)} after it began`);
    }
    if (isReady && goneMs !== undefined) return [];
    findings = assess([lookout.workload], lookout.view, judging, lookout.nowMs).flatMap(
      (one) => one.findings,
    );
    const outlasted = patience.outlasted(findings, performance.now());
    return outlasted.length > 0 ? outlasted : undefined;
  });
  if (broken?.length === 0) return { readyMs, goneMs, problem: undefined, findings: [] };
  const found = broken ?? findings;
  return { readyMs, goneMs, findings: found, problem: problemOf(lookout, found, readyMs, rules.timeoutMs) };
}

function problemOf(
  lookout: Lookout,
  [first]: readonly Finding[],
  readyMs: number | undefined,
  timeoutMs: number,
): { readonly reason: string; readonly remedy: string } {
  const { workload } = lookout;
  if (first) return { reason: sentence(first), remedy: first.remedy };
  if (readyMs === undefined) {
    const ready = lookout.pods.filter((pod) => conditionOf(pod, 'Ready')?.status === 'True').length;
    return {
      reason: `${labelOf(workload)} had ${ready} of ${replicasOf(workload)} pods ready after ${formatDuration(timeoutMs)}`,
      remedy: "See what its pods wait for, or give it longer with 'timeout'.",
    };
  }
  const grace = number(at(workload, 'spec', 'template', 'spec', 'terminationGracePeriodSeconds'), 30);
  return {
    reason: `a pod of ${labelOf(workload)} that was taken away was still ending after ${formatDuration(timeoutMs)}`,
    remedy: `Its terminationGracePeriodSeconds is ${grace}: the program should end well before that when it gets SIGTERM.`,
  };
}
