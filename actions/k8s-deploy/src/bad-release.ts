import { ActionError } from '@fairway/action-kit';
import { type DeployOutputs, firstLine } from './outcome.js';
import type { History } from './release/history.js';
import { type Revision, rollbackCommand } from './release/record.js';
import type { Rollout } from './release/roll-out.js';
import { type Undoing, undo } from './release/undo.js';
import { writeReport } from './report.js';
import { type Evidence, gatherEvidence } from './rollout/evidence.js';
import type { Site } from './site.js';
import type { Trial } from './strategy/trial.js';

/** A release that is bad, with what is known of it. */
export interface BadRelease {
  readonly history: History;
  readonly revision: Revision;
  readonly lastGood: Revision | undefined;
  readonly rollout: Rollout;
  readonly isRepeat: boolean;
  readonly signal: AbortSignal;
  /** The trial that it failed, or passed before it failed. */
  readonly trial?: Trial | undefined;
  /** It was tried by another run, which left it there; hooks before the deployment have run in that. */
  readonly afterTrial?: boolean;
}

/** The release is bad: gathers the evidence while it is there, puts back what ran, tells it. Always throws. */
export async function endBadly(site: Site, failed: BadRelease, outputs: DeployOutputs): Promise<never> {
  const { revision, lastGood, rollout } = failed;
  const { reason, remedy, findings } = rollout.failure ?? { reason: '', remedy: '', findings: [] };
  outputs.set('reason', firstLine(reason));
  const evidence: Evidence[] = await gatherEvidence(site.client, findings, site.inputs.evidence);
  const undoing = await recordAndGoBack(site, failed, reason).catch(brokenOff);
  const restored = isBack(undoing);
  outputs.set('result', restored ? 'rolled-back' : 'failed');
  outputs.set('revision', restored && lastGood ? String(lastGood.number) : '');
  outputs.set('rollback-command', !restored && lastGood ? rollbackCommand(lastGood) : '');
  await writeReport(site, {
    result: restored ? 'rolled-back' : 'failed',
    revision: revision.number,
    previous: lastGood,
    rollout,
    evidence,
    undoing,
    trial: failed.trial,
    leftovers: [],
  });
  throw new ActionError('release-failed', `${reason}${logTail(evidence)}\n${afterwards(undoing, lastGood)}`, {
    remedy,
  });
}

/** Failed on trial, or refused before anything took over: what stands beside the last good one is all there is of it. */
function isAside({ rollout, trial, afterTrial }: BadRelease): boolean {
  const isBeside = trial !== undefined || afterTrial === true;
  return isBeside && (rollout === trial?.rollout || rollout.changed === 0);
}

/** Recorded first, so that a run that dies on its way back leaves no release that looks as if it were at work. */
async function recordAndGoBack(site: Site, failed: BadRelease, reason: string): Promise<Undoing> {
  const { history, revision, isRepeat } = failed;
  if (isRepeat) return wayBack(site, failed);
  const isLeft = isInPlace(failed);
  await history.mark(revision, 'failed', reason, isLeft);
  const undoing = await wayBack(site, failed);
  if (isLeft && isBack(undoing)) await history.mark(revision, 'failed', reason);
  return undoing;
}

/** Whether anything bad is in place of the last good release: of this one, or of one before it that nobody went back from. */
function isInPlace(failed: BadRelease): boolean {
  return !isAside(failed) && (failed.rollout.changed > 0 || failed.history.isLeftInPlace(failed.revision));
}

async function wayBack(site: Site, failed: BadRelease): Promise<Undoing> {
  const { history, revision, lastGood, trial, isRepeat } = failed;
  if (lastGood && isAside(failed)) {
    const { abandon } = await import('./strategy/withdraw.js');
    return abandon(site, lastGood, revision, history.newestGood);
  }
  if (isRepeat || !site.inputs.rollback || !lastGood || !isInPlace(failed)) {
    return { done: false, why: whyNot(site, failed) };
  }
  const undoing = await undo(site, lastGood, history.sinceLastGood, failed.signal);
  if ((trial || failed.afterTrial) && isBack(undoing)) {
    const { withdraw } = await import('./strategy/withdraw.js');
    // Only when the Services have turned back: until then it may be what they reach.
    await withdraw(
      site,
      history.newestGood.map(({ objects }) => objects),
      'Take the new version away',
    );
  }
  return undoing;
}

function isBack(undoing: Undoing): boolean {
  return undoing.done && undoing.rollout.failure === undefined;
}

/** That it could not be seen to must not hide why the release is bad. */
function brokenOff(error: unknown): Undoing {
  if (!(error instanceof ActionError)) throw error;
  return {
    done: false,
    why: `The way back was broken off: ${error.message} The next run carries on from there.`,
  };
}

function whyNot(site: Site, failed: BadRelease): string {
  const { isRepeat, lastGood } = failed;
  if (!lastGood)
    return 'Nothing was released here before, so there is nothing to go back to; the objects were left for you to look at.';
  if (isRepeat) return 'This release is the last good one: nothing else was good after it.';
  if (!isInPlace(failed)) return `Nothing was changed: revision ${lastGood.number} still runs.`;
  return site.inputs.rollback ? '' : "The bad release was left in place, since 'rollback' is false.";
}

function afterwards(undoing: Undoing, lastGood: Revision | undefined): string {
  if (!undoing.done) return undoing.why;
  if (undoing.rollout.failure) {
    return `Going back to revision ${lastGood?.number} failed too: ${undoing.rollout.failure.reason}`;
  }
  return undoing.untouched
    ? `The new version was taken away; revision ${lastGood?.number} has served all the time.`
    : `Revision ${lastGood?.number} was put back and is ready again.`;
}

/** The last lines of the container that failed, for readers who see only the annotation. */
function logTail(evidence: readonly Evidence[]): string {
  const log = evidence.map((one) => one.log || one.previousLog).find((text) => text !== '');
  return log === undefined ? '' : `\nIts last lines:\n${log.split('\n').slice(-8).join('\n')}`;
}
