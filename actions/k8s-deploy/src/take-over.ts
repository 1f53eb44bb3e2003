import { observe } from './apply/observe.js';
import { type BadRelease, endBadly } from './bad-release.js';
import { type KubeObject, keyOf, type ObjectRef } from './cluster/object.js';
import type { DeployOutputs } from './outcome.js';
import { isLeftIn } from './release/history.js';
import { clearLeftovers } from './release/leftovers.js';
import { rollbackCommand } from './release/record.js';
import { Rollout, rollOut } from './release/roll-out.js';
import { writeReport } from './report.js';
import type { Concern } from './scale/concern.js';
import type { Site } from './site.js';
import { isHook } from './source/hooks.js';
import type { Judgement } from './strategy/judgement.js';
import { trackOf } from './strategy/track.js';

/** A release whose record is kept, before anything of it is known to be good. */
export interface NewRelease extends Omit<BadRelease, 'rollout' | 'trial'> {
  readonly objects: readonly KubeObject[];
  /** What earlier releases that came to nothing have created. */
  readonly strays: readonly ObjectRef[];
  /** What was seen beforehand to keep it from growing or surviving; undefined where nobody looked. */
  readonly concerns?: readonly Concern[];
}

export interface TakingOver extends NewRelease {
  /** The objects as they were before anything was applied. */
  readonly live: ReadonlyMap<string, KubeObject>;
  /** The trial that this release has passed, where there was one. */
  readonly trial: BadRelease['trial'];
  readonly judgement: Judgement | undefined;
}

/** Rolls the release out in place of what serves, and ends it: well, or by going back. */
export async function takeOver(site: Site, release: TakingOver, outputs: DeployOutputs): Promise<void> {
  const { history, objects, revision, isRepeat, trial, signal } = release;
  const rollout = new Rollout();
  const isColoured = objects.some((object) => trackOf(object) !== '');
  if (release.lastGood && (trial || release.afterTrial) && !isColoured) {
    // Before new pods take the place of those that Services are bound to, in whatever order the waves come.
    const { letGo } = await import('./strategy/traffic/stillness.js');
    await letGo(site, release.lastGood.objects);
  }
  rollout.concerns.push(...(release.concerns ?? []));
  const live = trial ? await observe(site.client, objects, site.applySet) : release.live;
  await rollOut(site, await stillToRun(release), rollout, {
    live,
    force: site.inputs.forceConflicts,
    signal,
    withSmokeTests: true,
    occasion: release.lastGood ? 'upgrade' : 'install',
    awaitsOthers: site.inputs.scaleChecks !== 'off',
  });
  if (trial) {
    const ours = new Set(objects.map(keyOf));
    rollout.applied.push(...trial.rollout.applied.filter(({ ref }) => ours.has(keyOf(ref))));
  }
  outputs.set('changed', rollout.changed);
  if (!rollout.failure && trial && release.judgement) {
    const { watchSwitched } = await import('./strategy/settle.js');
    await watchSwitched(site, objects, trial, release.judgement, rollout, signal);
  }
  if (!rollout.failure && !isRepeat && site.inputs.scaleChecks !== 'off') {
    const { checkScaleAfter } = await import('./scale/check.js');
    const { concerns, failure } = await checkScaleAfter(site, objects);
    rollout.concerns.push(...concerns);
    rollout.failure = failure;
  }
  if (rollout.failure) return await endBadly(site, { ...release, rollout }, outputs);

  const hasTrials =
    trial !== undefined || release.afterTrial || history.mayHaveTrials(site.inputs.strategy.kind);
  // Recorded before anything of the old version goes: a run that dies here leaves too much, never too little.
  if (!isRepeat) await history.mark(revision, 'good');
  const leftovers = await clearLeftovers(
    site,
    history,
    [...objects, ...(hasTrials ? await settled(site, release) : [])],
    release.strays,
    rollout,
  );
  // The last good one again: what came after it and was left in its place has been gone back from.
  if (isRepeat)
    for (const one of history.sinceLastGood) if (isLeftIn([one])) await history.mark(one, 'undone');
  await history.forgetOld();
  const result = isRepeat && rollout.changed === 0 ? 'unchanged' : 'deployed';
  const back = history.revisions.find(({ state, number }) => state === 'good' && number < revision.number);
  outputs.set('result', result);
  outputs.set('revision', String(revision.number));
  outputs.set('changed', rollout.changed);
  outputs.set('previous-revision', back ? String(back.number) : '');
  outputs.set('rollback-command', back ? rollbackCommand(back) : '');
  await writeReport(site, { result, revision: revision.number, previous: back, rollout, trial, leftovers });
}

/** What ran its hooks once has run them: a repeated deployment only mends what drifted, and a trial had those before it. */
async function stillToRun(release: TakingOver): Promise<readonly KubeObject[]> {
  const { objects, isRepeat, trial, afterTrial } = release;
  if (isRepeat) return objects.filter((object) => !isHook(object));
  if (!trial && !afterTrial) return objects;
  const { hooksBefore } = await import('./strategy/trial.js');
  const done = new Set(hooksBefore(objects));
  return objects.filter((object) => !done.has(object));
}

/** Takes away what strategies have left. @returns objects of earlier releases that stay on purpose */
async function settled(site: Site, release: TakingOver): Promise<readonly KubeObject[]> {
  const { history, objects, lastGood, isRepeat } = release;
  const { settle } = await import('./strategy/settle.js');
  return settle(site, objects, isRepeat ? undefined : lastGood, history);
}
