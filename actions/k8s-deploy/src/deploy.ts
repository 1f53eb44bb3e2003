import { ActionError, context, group, info } from '@fairway/action-kit';
import { applyAll } from './apply/apply.js';
import { observe } from './apply/observe.js';
import { deleteObjects, leftBehind } from './apply/prune.js';
import { hasStatus } from './cluster/api-error.js';
import { type KubeObject, keyOf, labelOf, type ObjectRef, refOf } from './cluster/object.js';
import { openRecord } from './github.js';
import type { DeployOutputs } from './outcome.js';
import { prepareObjects } from './prepare.js';
import { History } from './release/history.js';
import { takeLease } from './release/lease.js';
import { type Revision, rollbackCommand } from './release/record.js';
import { Rollout, rollOut } from './release/roll-out.js';
import { type Undoing, undo } from './release/undo.js';
import { writeReport } from './report.js';
import { type Evidence, gatherEvidence } from './rollout/evidence.js';
import type { Site } from './site.js';
import { definitionsIn, isDefinedBy } from './source/definitions.js';
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

export function holderOf(site: Site): { release: string; namespace: string; identity: string } {
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
    return await fail(site, { history, revision, lastGood, rollout, isRepeat, signal }, outputs);
  }

  const leftovers = await prune(site, history, objects, strays, rollout);
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

interface Failed {
  readonly history: History;
  readonly revision: Revision;
  readonly lastGood: Revision | undefined;
  readonly rollout: Rollout;
  readonly isRepeat: boolean;
  readonly signal: AbortSignal;
}

/** The release is bad: gathers the evidence while it is there, puts back what ran, tells it. Always throws. */
async function fail(site: Site, failed: Failed, outputs: DeployOutputs): Promise<never> {
  const { history, revision, lastGood, rollout, isRepeat } = failed;
  const { reason, remedy, findings } = rollout.failure ?? { reason: '', remedy: '', findings: [] };
  outputs.set('reason', firstLine(reason));
  const evidence: Evidence[] = await gatherEvidence(site.client, findings);
  const marked = isRepeat ? revision : await history.mark(revision, 'failed', reason);
  const undoing: Undoing =
    isRepeat || !site.inputs.rollback || !lastGood || rollout.changed === 0
      ? { done: false, why: whyNot(site, failed) }
      : await undo(site, lastGood, marked, failed.signal);
  const restored = undoing.done && undoing.rollout.failure === undefined;
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
    leftovers: [],
  });
  throw new ActionError('release-failed', `${reason}${logTail(evidence)}\n${afterwards(undoing, lastGood)}`, {
    remedy,
  });
}

function whyNot(site: Site, { isRepeat, lastGood, rollout }: Failed): string {
  if (!lastGood)
    return 'Nothing was released here before, so there is nothing to go back to; the objects were left for you to look at.';
  if (isRepeat) return 'This release is the last good one: nothing else was good after it.';
  if (rollout.changed === 0) return `Nothing was changed: revision ${lastGood.number} still runs.`;
  return site.inputs.rollback ? '' : "The bad release was left in place, since 'rollback' is false.";
}

function afterwards(undoing: Undoing, lastGood: Revision | undefined): string {
  if (!undoing.done) return undoing.why;
  if (undoing.rollout.failure) {
    return `Going back to revision ${lastGood?.number} failed too: ${undoing.rollout.failure.reason}`;
  }
  return `Revision ${lastGood?.number} was put back and is ready again.`;
}

/** The last lines of the container that failed, for readers who see only the annotation. */
function logTail(evidence: readonly Evidence[]): string {
  const log = evidence.map((one) => one.log || one.previousLog).find((text) => text !== '');
  return log === undefined ? '' : `\nIts last lines:\n${log.split('\n').slice(-8).join('\n')}`;
}

/** Marks revisions whose run died. @returns what they created, to be taken away if this release does not hold it */
async function closeInterrupted(history: History): Promise<ObjectRef[]> {
  const strays: ObjectRef[] = [];
  for (const revision of history.interrupted) {
    info(
      `Revision ${revision.number} was interrupted (${revision.about.run}); this release takes its place.`,
    );
    strays.push(...revision.created);
    await history.mark(revision, 'interrupted', 'its run ended before the rollout did');
  }
  return strays;
}

function pendingRevision(
  site: Site,
  history: History,
  objects: readonly KubeObject[],
  live: ReadonlyMap<string, KubeObject>,
): Revision {
  const { sha, runUrl, actor } = context();
  return {
    release: site.release,
    namespace: site.namespace,
    number: history.nextNumber,
    state: 'pending',
    objects,
    created: objects.filter((object) => !live.has(keyOf(object))).map(refOf),
    about: {
      commit: sha,
      run: runUrl,
      actor,
      images: Object.fromEntries(site.inputs.images.map(({ name, reference }) => [name, reference])),
      startedAt: site.client.connection.now().toISOString(),
      reason: '',
    },
  };
}

export function isSameRelease(a: readonly KubeObject[], b: readonly KubeObject[]): boolean {
  const sorted = (objects: readonly KubeObject[]) =>
    JSON.stringify(objects.toSorted((x, y) => keyOf(x).localeCompare(keyOf(y))));
  return sorted(a) === sorted(b);
}

/** Tries a first release on the server without effect: there would be no way back from half of one. */
async function preflight(
  site: Site,
  objects: readonly KubeObject[],
  live: ReadonlyMap<string, KubeObject>,
): Promise<void> {
  const definitions = definitionsIn(objects);
  const namespaces = new Set(
    objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name),
  );
  const testable = objects.filter(
    (object) => !isDefinedBy(definitions, object) && !namespaces.has(object.metadata.namespace ?? ''),
  );
  await group('Try it on the server without effect', () =>
    applyAll(site.client, testable, {
      force: site.inputs.forceConflicts,
      dryRun: true,
      release: objects,
      live,
      onApplied: () => undefined,
    }),
  );
}

/** Takes away what an interrupted run left and, where asked, what the manifests no longer hold. */
async function prune(
  site: Site,
  history: History,
  objects: readonly KubeObject[],
  strays: readonly ObjectRef[],
  rollout: Rollout,
): Promise<ObjectRef[]> {
  const now = new Set(objects.map(keyOf));
  const stray = new Map(strays.filter((ref) => !now.has(keyOf(ref))).map((ref) => [keyOf(ref), ref]));
  const earlier = new Map(
    leftBehind(
      history.revisions.flatMap((r) => r.objects),
      objects,
    ).map((ref) => [keyOf(ref), ref]),
  );
  const doomed = site.inputs.prune ? new Map([...earlier, ...stray]) : stray;
  const deleted = await deleteObjects(site.client, [...doomed.values()], site.applySet, { dryRun: false });
  for (const one of deleted) info(`${one.action.padEnd(9)} ${labelOf(one.ref)}`);
  rollout.applied.push(...deleted);
  if (site.inputs.prune) return [];
  const left = await deleteObjects(
    site.client,
    [...earlier.values()].filter((ref) => !stray.has(keyOf(ref))),
    site.applySet,
    { dryRun: true },
  );
  return left.filter(({ action }) => action === 'deleted').map(({ ref }) => ref);
}

async function createNamespace(site: Site): Promise<void> {
  const ref = { apiVersion: 'v1', kind: 'Namespace', name: site.namespace };
  const found = await site.client.get(ref).catch((error: unknown) => {
    if (hasStatus(error, 403)) return undefined;
    throw error;
  });
  if (found) return;
  const { apiVersion, kind, name } = ref;
  await site.client.apply({ apiVersion, kind, metadata: { name } }, { force: false });
  info(`created   Namespace ${name}`);
}

export function firstLine(text: string): string {
  return text.split('\n')[0]?.slice(0, 500) ?? '';
}
