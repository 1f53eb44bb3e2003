import { createNamespace } from './apply/namespace.js';
import { observe } from './apply/observe.js';
import { preflight } from './apply/preflight.js';
import { endBadly, firstLine } from './bad-release.js';
import type { KubeObject } from './cluster/object.js';
import { openRecord } from './github.js';
import type { DeployOutputs } from './outcome.js';
import { prepareObjects } from './prepare.js';
import { History } from './release/history.js';
import { type Holder, takeLease } from './release/lease.js';
import { clearLeftovers, closeInterrupted } from './release/leftovers.js';
import { isSameRelease, pendingRevision } from './release/pending.js';
import { rollbackCommand } from './release/record.js';
import { Rollout, rollOut } from './release/roll-out.js';
import { writeReport } from './report.js';
import type { Site } from './site.js';
import { isHook } from './source/order.js';

/** Deploys: nothing changes before everything is known to be allowed and valid, and nothing bad stays. */
export async function deploy(site: Site, outputs: DeployOutputs): Promise<void> {
  const objects = await prepareObjects(site, false);
  if (site.inputs.createNamespace) await createNamespace(site);
  const lease = await takeLease(site.client, holderOf(site));
  const record = await openRecord(site);
  try {
    const signal = AbortSignal.any([site.cancelled, lease.lost]);
    await deployHolding(site, objects, outputs, signal);
    await record.end('success', `${site.release} in ${site.namespace}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    outputs.set('reason', firstLine(reason));
    await record.end('failure', reason);
    throw error;
  } finally {
    await lease.release();
  }
}

export function holderOf(site: Site): Holder {
  const { runUrl, runAttempt, job } = site.run;
  return {
    release: site.release,
    namespace: site.namespace,
    identity: `${runUrl} attempt ${runAttempt} job ${job} pid ${process.pid}`,
  };
}

async function deployHolding(
  site: Site,
  objects: readonly KubeObject[],
  outputs: DeployOutputs,
  signal: AbortSignal,
): Promise<void> {
  const history = await History.read(site.client, site.release, site.namespace);
  const lastGood = history.lastGood;
  outputs.set('previous-revision', lastGood ? String(lastGood.number) : '');
  const strays = await closeInterrupted(history);
  const live = await observe(site.client, objects, site.applySet);
  const isRepeat = lastGood !== undefined && isSameRelease(lastGood.objects, objects);
  if (!lastGood) await preflight(site, objects, live);
  const revision = isRepeat ? lastGood : await history.keep(pendingRevision(site, history, objects, live));

  const rollout = new Rollout();
  // What ran its hooks once has run them; a repeated deployment only mends what drifted.
  const wanted = isRepeat ? objects.filter((object) => !isHook(object)) : objects;
  await rollOut(site, wanted, rollout, {
    live,
    force: site.inputs.forceConflicts,
    signal,
    withSmokeTests: true,
  });
  outputs.set('changed', rollout.changed);
  if (rollout.failure) {
    return await endBadly(site, { history, revision, lastGood, rollout, isRepeat, signal }, outputs);
  }

  const leftovers = await clearLeftovers(site, history, objects, strays, rollout);
  if (!isRepeat) await history.mark(revision, 'good');
  await history.forgetOld();
  const result = isRepeat && rollout.changed === 0 ? 'unchanged' : 'deployed';
  const back = history.revisions.find(({ state, number }) => state === 'good' && number < revision.number);
  outputs.set('result', result);
  outputs.set('revision', String(revision.number));
  outputs.set('changed', rollout.changed);
  outputs.set('previous-revision', back ? String(back.number) : '');
  outputs.set('rollback-command', back ? rollbackCommand(back) : '');
  await writeReport(site, { result, revision: revision.number, previous: back, rollout, leftovers });
}
