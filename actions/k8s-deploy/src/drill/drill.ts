import { ActionError, info } from '@fairway/action-kit';
import type { KubeObject } from '../cluster/object.js';
import { holderOf } from '../holding.js';
import type { DeployOutputs } from '../outcome.js';
import { History } from '../release/history.js';
import { takeLease } from '../release/lease.js';
import type { Site } from '../site.js';
import { askDrillPermissions } from './allowance.js';
import { NODES, openLeftClosed } from './cordon.js';
import type { Course } from './course.js';
import type { DrillPlan } from './drill-inputs.js';
import { failureOf, writeDrillReport } from './drill-report.js';
import { findTargets, refusalOf } from './target.js';
import { drillName, underLoad } from './under-load.js';

/** Disturbs a release under load, and says whether a request was lost. */
export async function drill(site: Site, plan: DrillPlan, outputs: DeployOutputs): Promise<void> {
  await askDrillPermissions(site, plan);
  const lease = await takeLease(site.client, holderOf(site), site.cancelled);
  const ended = new AbortController();
  const signal = AbortSignal.any([site.cancelled, lease.lost, ended.signal]);
  try {
    const targets = await prepare(site, plan);
    const course = await underLoad(site, plan, targets, signal);
    tellOutputs(outputs, course);
    await writeDrillReport(site, plan, course);
    if (!course.hasPassed) throw failureOf(course);
    info(`No request of ${course.load.tally.sent} was lost.`);
  } finally {
    ended.abort();
    await lease.release();
  }
}

function tellOutputs(outputs: DeployOutputs, course: Course): void {
  outputs.set('result', course.hasPassed ? 'passed' : 'failed');
  outputs.set('requests', String(course.load.tally.sent));
  outputs.set('failed', String(course.load.tally.lost.length));
  outputs.set('recovery-ms', String(course.longestMs));
}

/** Everything that can be known to forbid a drill, before a single request is sent. */
async function prepare(site: Site, plan: DrillPlan): Promise<KubeObject[]> {
  const history = await History.read(site.client, site.release, site.namespace);
  const paused = history.sinceLastGood.find(({ state }) => state === 'paused');
  const left = history.isLeftInPlace() ? history.sinceLastGood[0] : undefined;
  const unfinished = paused ?? left;
  if (unfinished) {
    throw new ActionError(
      'drill-refused',
      `Revision ${unfinished.number} of '${site.release}' ${paused ? 'is on trial' : 'was left half-way'}.`,
      {
        remedy: paused
          ? "Decide over it first, with 'mode: promote' or 'mode: reject'."
          : 'Deploy first: the next deployment heals what an interrupted or failed one left.',
      },
    );
  }
  if (plan.disturbances.includes('drain')) {
    const { items } = await site.client.list(NODES, undefined);
    if (await openLeftClosed(site.client, items, drillName(site)))
      info('An earlier drill was killed before it did so.');
  }
  const targets = await findTargets(site, plan);
  for (const target of targets) {
    const refusal = refusalOf(target);
    if (refusal) throw new ActionError('drill-refused', refusal.reason, { remedy: refusal.remedy });
  }
  return targets;
}
