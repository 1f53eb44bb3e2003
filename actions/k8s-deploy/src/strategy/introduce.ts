import { info, messageOf, warning } from '@fairway/action-kit';
import type { KubeObject } from '../cluster/object.js';
import type { Revision } from '../release/record.js';
import { failureFrom } from '../release/roll-out.js';
import type { Site } from '../site.js';
import { bindToStable } from './binding.js';
import { blueGreenPlan, liveDeployments } from './blue-green.js';
import { canaryPlan } from './canary.js';
import type { Judgement } from './judgement.js';
import { refuseTakenNames } from './room-beside.js';
import { changedInPlace } from './subjects.js';
import { isRouted } from './traffic/routing.js';
import { holdStill } from './traffic/stillness.js';
import { Trial, type TrialPlan, tryOut, warnOfSharedSettings } from './trial.js';
import { giveUp } from './withdraw.js';

export interface Introduction {
  readonly objects: readonly KubeObject[];
  /** What serves now. */
  readonly lastGood: Revision;
  /** The record of the new release. */
  readonly revision: Revision;
  readonly live: ReadonlyMap<string, KubeObject>;
  readonly judgement: Judgement;
  readonly plan: TrialPlan;
  /** Releases whose objects stay whatever comes of this one. */
  readonly kept: readonly Revision[];
  readonly signal: AbortSignal;
}

/**
 * What is tried beside what serves, as the strategy says. Nothing is changed.
 * @returns undefined where there is nothing to try: then the release is rolled out at once
 * @throws ActionError for a release that cannot be tried as asked
 */
export async function planTrial(
  site: Site,
  objects: readonly KubeObject[],
  lastGood: Revision,
  live: ReadonlyMap<string, KubeObject>,
): Promise<TrialPlan | undefined> {
  const { strategy } = site.inputs;
  const plan =
    strategy.kind === 'canary'
      ? canaryPlan(objects, lastGood.objects, live, strategy)
      : blueGreenPlan(objects, await liveDeployments(site, lastGood.objects), strategy);
  if (plan.contenders.length > 0) {
    refuseTakenNames(plan.contenders, [...objects, ...lastGood.objects]);
    return plan;
  }
  info(
    'No Deployment that Services reach changes its pods: there is nothing to try, and the release is rolled out.',
  );
  return undefined;
}

/** Tries the new version beside the stable one. Bad news is in the trial's `rollout.failure`. */
export async function introduce(site: Site, given: Introduction): Promise<Trial> {
  const { objects, lastGood, judgement, plan, live, signal } = given;
  for (const { candidate } of plan.contenders) {
    warnOfSharedSettings(candidate, changedInPlace(candidate, objects, lastGood.objects));
  }
  const trial = new Trial(plan.contenders);
  try {
    const apart =
      site.inputs.strategy.kind === 'blue-green'
        ? plan.contenders
        : plan.contenders.map(({ stable, routing }) => ({ stable, services: routing.services }));
    const bound = await bindToStable(site, apart, lastGood.objects);
    await holdStill(
      site,
      plan.contenders.filter(isRouted).map(({ stable }) => stable),
    );
    await tryOut(site, plan, trial, { objects, live, judgement, bound, signal });
  } catch (error) {
    // A job that is cancelled leaves nothing behind that serves unjudged. After a lost lease, another run sees to it.
    if (site.cancelled.aborted) {
      await leave(site, given);
      throw error;
    }
    // What the cluster refuses is bad news as any other: the way back is the same.
    trial.rollout.failure = failureFrom(error, signal);
  }
  return trial;
}

async function leave(site: Site, { lastGood, revision, kept }: Introduction): Promise<void> {
  try {
    await giveUp(site, lastGood, revision, kept);
  } catch (error) {
    warning(`What was on trial could not be taken away; the next run does it: ${messageOf(error)}`);
  }
}
