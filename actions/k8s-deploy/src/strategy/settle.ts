import { formatDuration, info } from '@fairway/action-kit';
import { CLOCK } from '../analysis/analyse.js';
import type { AnalysisPlan } from '../analysis/metric.js';
import type { KubeObject } from '../cluster/object.js';
import type { History } from '../release/history.js';
import type { Revision } from '../release/record.js';
import type { Rollout } from '../release/roll-out.js';
import type { Site } from '../site.js';
import { colourIn } from './colour.js';
import type { Judgement } from './judgement.js';
import { isDeployment } from './subjects.js';
import { failureOf, type Trial, watch } from './trial.js';
import { displaced, remove, unbind, withdraw } from './withdraw.js';

/** What a run that died, a trial that was paused, or another strategy has left: taken away before anything begins. */
export async function clearTrials(site: Site, history: History): Promise<void> {
  const { lastGood, newestGood, sinceLastGood } = history;
  if (lastGood) await unbind(site, lastGood, sinceLastGood);
  await withdraw(
    site,
    newestGood.map(({ objects }) => objects),
    'Take away what was left on trial',
  );
}

/**
 * After the switch the old colour may be kept for a time, in which the new one is watched with all of the requests on
 * it. Bad news is put into `rollout.failure`, and going back is one change of a Service.
 */
export async function watchSwitched(
  site: Site,
  objects: readonly KubeObject[],
  trial: Trial,
  judgement: Judgement,
  rollout: Rollout,
  signal: AbortSignal,
): Promise<void> {
  const { keepOldMs } = site.inputs.strategy;
  if (colourIn(objects) === '' || keepOldMs === undefined || keepOldMs === 0) return;
  info(`The old colour is kept for ${formatDuration(keepOldMs)}.`);
  const title = 'After the switch';
  const alone = { ...judgement, plan: withoutComparison(judgement.plan) };
  // Checks of a Service go to the Service itself now, which reaches the new version and nothing else.
  const contenders = trial.contenders.map((contender) => ({ ...contender, services: [] }));
  const analysis = await watch(site, contenders, keepOldMs, { judgement: alone, signal }, CLOCK.now());
  trial.stages.push({ title, share: 100, analysis });
  if (analysis.verdict !== 'pass') rollout.failure = failureOf(title, analysis);
}

/** Without limits relative to the stable version, which gets no more requests, and for as long as it is kept. */
function withoutComparison(plan: AnalysisPlan): AnalysisPlan {
  const metrics = plan.metrics.flatMap((metric) => {
    const { stable: _compared, ...limits } = metric.limits;
    const isJudged = metric.source.kind !== 'prometheus' || Object.keys(limits).length > 0;
    return isJudged ? [{ ...metric, limits }] : [];
  });
  return { ...plan, metrics, durationMs: undefined };
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
  const kept = isKept && previous ? previous.objects.filter(isDeployment) : [];
  await withdraw(site, [objects, kept], 'Take away what is no longer needed');
  const old = isColoured ? displaced([...objects, ...kept], history.revisions) : [];
  await remove(site, old, 'Take away what the colours have replaced');
  return kept;
}
