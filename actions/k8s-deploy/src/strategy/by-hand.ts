import { ActionError, info } from '@fairway/action-kit';
import { observe } from '../apply/observe.js';
import { whileHolding } from '../holding.js';
import type { DeployOutputs } from '../outcome.js';
import { askPermissions } from '../prepare.js';
import { toldIfCancelled } from '../release/cancellation.js';
import { History } from '../release/history.js';
import type { Revision } from '../release/record.js';
import { Rollout } from '../release/roll-out.js';
import { writeReport } from '../report.js';
import type { Site } from '../site.js';
import { takeOver } from '../take-over.js';
import { giveUp } from './withdraw.js';

/** Rolls out what was left on trial: the very objects that were tried, from their record. */
export async function promote(site: Site, outputs: DeployOutputs): Promise<void> {
  await whileHolding(site, async (signal, announce) => {
    const history = await History.read(site.client, site.release, site.namespace);
    const paused = pausedIn(history);
    const { objects } = paused;
    await askPermissions(site, objects, false);
    await announce(paused.about.commit);
    // From here on it can no longer be rejected: what the stable version was may be gone in part.
    const revision = await history.mark(paused, 'pending');
    info(`Revision ${revision.number} takes over.`);
    const { lastGood } = history;
    outputs.set('previous-revision', lastGood ? String(lastGood.number) : '');
    outputs.set('images', JSON.stringify(revision.about.images));
    const strays = history.sinceLastGood.flatMap(({ created }) => created);
    const live = await observe(site.client, objects, site.applySet);
    const release = { history, objects, lastGood, revision, isRepeat: false, strays, signal };
    const after = { live, trial: undefined, judgement: undefined, afterTrial: true };
    await toldIfCancelled(site, history, revision, () => takeOver(site, { ...release, ...after }, outputs));
    return `${site.release} in ${site.namespace}, promoted`;
  });
}

/** Takes away what was left on trial; what serves goes on serving. */
export async function reject(site: Site, outputs: DeployOutputs): Promise<void> {
  await whileHolding(site, async () => {
    const history = await History.read(site.client, site.release, site.namespace);
    const revision = pausedIn(history);
    const { lastGood } = history;
    // Nothing is ever left on trial beside nothing.
    if (lastGood === undefined) throw nothingOnTrial(site.release, site.namespace);
    await askPermissions(site, revision.objects, false);
    const rollout = new Rollout();
    rollout.applied.push(...(await giveUp(site, lastGood, revision, history.newestGood)));
    await history.mark(revision, 'undone', `rejected by ${site.run.actor}`);
    outputs.set('result', 'rolled-back');
    outputs.set('revision', String(lastGood.number));
    outputs.set('changed', rollout.changed);
    outputs.set('images', JSON.stringify(lastGood.about.images));
    await writeReport(site, {
      result: 'rolled-back',
      revision: lastGood.number,
      previous: undefined,
      rollout,
      leftovers: [],
    });
    return `revision ${revision.number} was rejected; revision ${lastGood.number} serves`;
  });
}

/** @throws ActionError 'nothing-on-trial' */
export function pausedIn(history: Pick<History, 'sinceLastGood' | 'release' | 'namespace'>): Revision {
  const found = history.sinceLastGood.find(({ state }) => state === 'paused');
  if (found) return found;
  throw nothingOnTrial(history.release, history.namespace);
}

function nothingOnTrial(release: string, namespace: string): ActionError {
  return new ActionError('nothing-on-trial', `Nothing of '${release}' in '${namespace}' is on trial.`, {
    remedy:
      "A run with 'strategy: canary' (or blue-green) and 'pause: true' leaves one there; a later deployment takes its place. Check 'release' and 'namespace'.",
  });
}
