import { ActionError, group } from '@fairway/action-kit';
import { pause } from '@fairway/exec-kit';
import { builtIn, type Resource } from '../cluster/kinds.js';
import type { KubeObject } from '../cluster/object.js';
import type { Site } from '../site.js';
import { NODES } from './cordon.js';
import { Course } from './course.js';
import { deletePod, drainNode, type Hand } from './disturb.js';
import { planDrain } from './drain-plan.js';
import type { DrillPlan } from './drill-inputs.js';
import { Load, lanesOf } from './load.js';
import { interrupted, Lookout } from './lookout.js';
import type { Recovery } from './recovery.js';
import { askerFor } from './requester.js';

const BUDGETS = builtIn('policy/v1', 'PodDisruptionBudget') as Resource;
/** Load before anything is disturbed, and between two disturbances: what comes late still counts to its cause. */
const BEFORE_MS = 5_000;
const BETWEEN_MS = 2_000;
/** Connections through the API server at once: a pod that hangs must not hold up requests to the others. */
const SOCKETS = 1_024;

/** Says on a node which drill closed it. */
export function drillName({ namespace, release }: Site): string {
  return `${namespace}/${release}`;
}

/** Sends requests, and disturbs the workloads one after the other meanwhile. @throws ActionError 'interrupted' */
export async function underLoad(
  site: Site,
  plan: DrillPlan,
  targets: readonly KubeObject[],
  signal: AbortSignal,
): Promise<Course> {
  const { smokeTests } = site.inputs;
  const api = site.client.connection.apart(SOCKETS);
  const asks = await Promise.all(
    smokeTests.map(async (test) => [test, await askerFor(test, api, site.namespace)] as const),
  );
  const load = new Load(lanesOf(new Map(asks), plan.connections), plan.rate);
  const course = new Course(load);
  try {
    await group('Load, undisturbed', async () => {
      load.start();
      course.tell(`${plan.rate} requests a second to ${smokeTests.map(({ label }) => label).join(', ')}`);
      await calm(BEFORE_MS, signal);
      refuseIfLosing(course);
    });
    for (const target of targets) await disturb(site, plan, target, course, signal);
    await calm(course.hasPassed ? plan.durationMs - load.nowMs : 0, signal);
    await load.stop();
    course.tell('end of the load');
  } finally {
    load.halt();
  }
  return course;
}

/** @throws ActionError 'drill-refused' when requests are lost although nothing was disturbed */
function refuseIfLosing({ load }: Course): void {
  const [first] = load.tally.lost;
  if (first === undefined) return;
  throw new ActionError(
    'drill-refused',
    `${load.tally.lost.length} of ${load.tally.sent} requests failed before anything was disturbed: ${first.target} gave ${first.failure}.`,
    {
      remedy:
        "Check the address and port in 'smoke-test'; too much load for the service is mended by a lower 'drill-rate'.",
    },
  );
}

async function disturb(
  site: Site,
  plan: DrillPlan,
  target: KubeObject,
  course: Course,
  signal: AbortSignal,
): Promise<void> {
  const { client, inputs } = site;
  const lookout = await Lookout.open(client, target, signal);
  const { timeoutMs, crashLoopThreshold } = inputs;
  const hand: Hand = { client, lookout, signal, rules: { timeoutMs, crashLoopThreshold, tell: course.tell } };
  const once = async (what: string, act: () => Promise<Recovery>) => {
    if (!course.hasPassed) return; // what is known to be bad is not made worse
    await group(what, async () => {
      const atMs = course.load.nowMs;
      const recovery = await act();
      await calm(BETWEEN_MS, signal);
      course.disturbances.push({
        what,
        workload: lookout.workload,
        atMs,
        endMs: course.load.nowMs,
        recovery,
      });
    });
  };
  if (plan.disturbances.includes('pods')) {
    for (const pod of oldestFirst(lookout.pods).slice(0, plan.pods)) {
      await once(`Delete pod ${pod.metadata.name}`, () => deletePod(hand, pod));
    }
  }
  if (!plan.disturbances.includes('drain') || !course.hasPassed) return;
  const [nodes, budgets] = await Promise.all([
    client.list(NODES, undefined),
    client.list(BUDGETS, target.metadata.namespace),
  ]);
  const drain = planDrain(lookout.workload, lookout.readyPods(new Set()), nodes.items, budgets.items);
  if ('refused' in drain) course.foreseen.push({ reason: drain.refused, remedy: drain.remedy });
  else await once(`Drain node ${drain.node}`, () => drainNode(hand, drain, drillName(site)));
}

function oldestFirst(pods: readonly KubeObject[]): KubeObject[] {
  const since = ({ metadata }: KubeObject) => metadata.creationTimestamp ?? '';
  return pods.toSorted(
    (a, b) => since(a).localeCompare(since(b)) || a.metadata.name.localeCompare(b.metadata.name),
  );
}

/** Lets the load go on. @throws ActionError 'interrupted' */
async function calm(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await pause(ms, signal);
  if (signal.aborted) throw interrupted();
}
