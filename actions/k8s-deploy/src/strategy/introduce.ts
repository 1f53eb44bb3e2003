import { info, messageOf, warning } from '@fairway/action-kit';
import type { KubeObject } from '../cluster/object.js';
import type { Revision } from '../release/record.js';
import { failureFrom } from '../release/roll-out.js';
import type { Site } from '../site.js';
import { bindToStable } from './binding.js';
import { blueGreenPlan, liveDeployments } from './blue-green.js';
import { canaryPlan } from './canary.js';
import type { Judgement } from './judgement.js';
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
  /** Releases whose objects stay whatever comes of this one. */
  readonly kept: readonly Revision[];
  readonly signal: AbortSignal;
}

/**
 * Tries the new version beside the stable one, as the strategy says. Bad news is in the trial's `rollout.failure`.
 * @returns undefined where there is nothing to try: then the release is rolled out at once
 */
export async function introduce(site: Site, given: Introduction): Promise<Trial | undefined> {
  const { objects, lastGood, judgement, live, signal } = given;
  const plan = await planOf(site, given);
  if (plan.contenders.length === 0) {
    info(
      'No Deployment that Services reach changes its pods: there is nothing to try, and the release is rolled out.',
    );
    return undefined;
  }
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

function planOf(site: Site, { objects, lastGood, live }: Introduction): Promise<TrialPlan> | TrialPlan {
  const { strategy } = site.inputs;
  if (strategy.kind === 'canary') return canaryPlan(objects, lastGood.objects, live, strategy);
  return liveDeployments(site, lastGood.objects).then((stables) => blueGreenPlan(objects, stables, strategy));
}

async function leave(site: Site, { lastGood, revision, kept }: Introduction): Promise<void> {
  try {
    await giveUp(site, lastGood, revision, kept);
  } catch (error) {
    warning(`What was on trial could not be taken away; the next run does it: ${messageOf(error)}`);
  }
}
