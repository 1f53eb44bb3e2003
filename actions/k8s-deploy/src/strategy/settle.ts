import { warning } from '@fairway/action-kit';
import { CLOCK } from '../analysis/analyse.js';
import type { KubeObject } from '../cluster/object.js';
import type { History } from '../release/history.js';
import type { Revision } from '../release/record.js';
import type { Rollout } from '../release/roll-out.js';
import { undo } from '../release/undo.js';
import type { Site } from '../site.js';
import { colourIn } from './colour.js';
import type { Judgement } from './judgement.js';
import { isDeployment } from './subjects.js';
import { SUPPORT, type Trial } from './trial.js';
import { failureOf, watch, withAllTraffic } from './watch.js';
import { displaced, remove, turnBack, withdraw } from './withdraw.js';

/**
 * What a run that died, a trial that was paused, or another strategy has left: taken away before anything begins. Where a
 * bad release was left in place of the last good one, that one comes back first: as large as what serves, before Services
 * turn to it again, and before anything is tried beside it.
 * @returns false where the last good one does not come back: then what serves is left alone, and nothing can be tried
 * beside it
 */
export async function clearTrials(site: Site, history: History, signal: AbortSignal): Promise<boolean> {
  const { lastGood, newestGood, sinceLastGood } = history;
  const isLeft = history.isLeftInPlace();
  const isColoured = sinceLastGood.some(({ objects }) => colourIn(objects) !== '');
  if (lastGood && isLeft && isColoured && !(await comesBack(site, lastGood, history, signal))) return false;
  if (lastGood) await turnBack(site, lastGood, sinceLastGood);
  await withdraw(
    site,
    newestGood.map(({ objects }) => objects),
    'Take away what was left on trial',
    lastGood,
  );
  const isWanted = isLeft && !isColoured && site.inputs.strategy.kind !== 'rolling';
  return lastGood && isWanted ? comesBack(site, lastGood, history, signal) : true;
}

async function comesBack(
  site: Site,
  lastGood: Revision,
  { sinceLastGood }: History,
  signal: AbortSignal,
): Promise<boolean> {
  const { done, rollout } = await undo(site, lastGood, sinceLastGood, signal);
  if (!rollout.failure) return done;
  warning(`Revision ${lastGood.number}, the last good one, does not come back: ${rollout.failure.reason}`);
  return false;
}

/**
 * After the switch the new colour is watched with all of the requests on it, for as long as the old one is kept or the
 * analysis says. Bad news is put into `rollout.failure`, and going back is one change of a Service.
 */
export async function watchSwitched(
  site: Site,
  objects: readonly KubeObject[],
  trial: Trial,
  judgement: Judgement,
  rollout: Rollout,
  signal: AbortSignal,
): Promise<void> {
  const { keepOldMs, stepMs } = site.inputs.strategy;
  const { plan } = judgement;
  const durationMs = keepOldMs ?? (plan.metrics.length > 0 ? (plan.durationMs ?? stepMs) : 0);
  if (colourIn(objects) === '' || durationMs === 0) return;
  const title = 'After the switch';
  const alone = withAllTraffic({ ...judgement, plan: { ...plan, durationMs } });
  const watching = { durationMs, beganMs: CLOCK.now(), signal };
  // Checks of a Service go to the Service itself now, which reaches the new version and nothing else.
  const contenders = trial.contenders.map((contender) => ({ ...contender, services: [] }));
  const analysis = await watch(site, contenders, alone, watching);
  trial.stages.push({ title, share: 100, by: 'replicas', analysis });
  if (analysis.verdict !== 'pass') rollout.failure = failureOf(title, analysis);
}

/**
 * The new version serves: what was on trial goes, and so does the old colour unless it is kept.
 * @param before what served until now
 * @returns the objects of earlier releases that stay on purpose
 */
export async function settle(
  site: Site,
  objects: readonly KubeObject[],
  before: Revision | undefined,
  history: History,
): Promise<readonly KubeObject[]> {
  const isColoured = colourIn(objects) !== '';
  const isKept = isColoured && site.inputs.strategy.keepOldMs === undefined;
  const previous = before ?? history.newestGood[1];
  const kept = isKept && previous ? previous.objects.filter(isKeptWithColour) : [];
  await withdraw(site, [objects, kept], 'Take away what is no longer needed');
  const old = isColoured ? displaced([...objects, ...kept], history.revisions) : [];
  await remove(site, old, 'Take away what the colours have replaced');
  return kept;
}

/** An old colour that may have to serve again keeps what its pods read; it keeps no CronJob, say, at work. */
function isKeptWithColour(object: KubeObject): boolean {
  return isDeployment(object) || SUPPORT.has(object.kind);
}
