import { ActionError, info } from '@fairway/action-kit';
import { whileHolding } from './holding.js';
import type { DeployOutputs } from './outcome.js';
import { askPermissions } from './prepare.js';
import { toldIfCancelled } from './release/cancellation.js';
import { History } from './release/history.js';
import { type Revision, rollbackCommand, type State } from './release/record.js';
import { Rollout, smoke } from './release/roll-out.js';
import { restore } from './release/undo.js';
import { writeReport } from './report.js';
import { gatherEvidence } from './rollout/evidence.js';
import type { Site } from './site.js';

/** Puts an earlier revision back as a new one, so that history only grows. */
export async function rollback(site: Site, outputs: DeployOutputs): Promise<void> {
  await whileHolding(site, async (signal, announce) => {
    const history = await History.read(site.client, site.release, site.namespace);
    const target = targetOf(history, site.inputs.revision);
    await askPermissions(site, target.objects, false);
    if (history.mayHaveTrials(site.inputs.strategy.kind)) {
      await (await import('./strategy/settle.js')).clearTrials(site, history, signal);
    }
    info(`Going back to revision ${target.number} of ${site.release} (${target.about.commit.slice(0, 12)}).`);
    await announce(target.about.commit);
    const { runUrl: run } = site.run;
    const revision = await history.keep({
      ...target,
      number: history.nextNumber,
      state: 'pending',
      created: [],
      about: { ...target.about, run, startedAt: site.client.connection.now().toISOString() },
    });
    await toldIfCancelled(site, history, revision, () =>
      goBack(site, { history, target, revision, from: history.lastGood, signal }, outputs),
    );
    return `back to revision ${target.number}`;
  });
}

interface GoingBack {
  readonly history: History;
  readonly target: Revision;
  /** The record of going back. */
  readonly revision: Revision;
  /** What served until now. */
  readonly from: Revision | undefined;
  readonly signal: AbortSignal;
}

/** States that going back to an earlier revision ends. */
const UNDONE: ReadonlySet<State> = new Set(['good', 'pending', 'paused']);

async function goBack(
  site: Site,
  { history, target, revision, from, signal }: GoingBack,
  outputs: DeployOutputs,
): Promise<void> {
  const later = history.revisions.filter(
    ({ number }) => number > target.number && number !== revision.number,
  );
  const rollout = new Rollout();
  await restore(site, target, later, rollout, signal);
  if (!rollout.failure) await smoke(site, rollout, signal);
  outputs.set('changed', rollout.changed);
  outputs.set('images', JSON.stringify(target.about.images));
  outputs.set('previous-revision', from ? String(from.number) : '');
  if (rollout.failure) {
    const { reason, remedy, findings } = rollout.failure;
    const evidence = await gatherEvidence(site.client, findings, site.inputs.evidence);
    await history.mark(revision, 'failed', reason, rollout.changed > 0 || history.isLeftInPlace(revision));
    await writeReport(site, {
      result: 'failed',
      revision: revision.number,
      previous: from,
      rollout,
      evidence,
      leftovers: [],
    });
    throw new ActionError('rollback-failed', `Going back to revision ${target.number} failed: ${reason}`, {
      remedy,
    });
  }
  for (const one of later) if (UNDONE.has(one.state)) await history.mark(one, 'undone');
  await history.mark(revision, 'good');
  await history.forgetOld();
  outputs.set('result', 'rolled-back');
  outputs.set('revision', String(revision.number));
  outputs.set('rollback-command', from ? rollbackCommand(from) : '');
  await writeReport(site, {
    result: 'rolled-back',
    revision: revision.number,
    previous: from,
    rollout,
    leftovers: [],
  });
}

/**
 * The revision to go back to: the one asked for, else the last good one before what runs. That is the last good one of all
 * where a later release was left in its place, whole or half-way.
 * @throws ActionError 'no-revision' with those that there are
 */
export function targetOf(
  history: Pick<History, 'revisions' | 'lastGood' | 'isLeftInPlace' | 'find' | 'release' | 'namespace'>,
  asked: number | undefined,
): Revision {
  const current = history.lastGood;
  const found =
    asked !== undefined
      ? history.find(asked)
      : history.isLeftInPlace()
        ? current
        : history.revisions.find(({ state, number }) => state === 'good' && number < (current?.number ?? 0));
  if (found) return found;
  const list = history.revisions.map(({ number, state }) => `${number} (${state})`).join(', ');
  throw new ActionError(
    'no-revision',
    asked === undefined
      ? `There is no good revision of '${history.release}' in '${history.namespace}' before the present one.`
      : `There is no revision ${asked} of '${history.release}' in '${history.namespace}'.`,
    {
      remedy:
        list === ''
          ? "Nothing was ever released under this name here: check 'release' and 'namespace'."
          : `Name one with 'revision:'. Kept are: ${list}.`,
    },
  );
}
