import { info, warning } from '@fairway/action-kit';
import { refuseForeign } from './apply/belonging.js';
import { createNamespace } from './apply/namespace.js';
import { observe } from './apply/observe.js';
import { preflight } from './apply/preflight.js';
import { endBadly } from './bad-release.js';
import type { KubeObject } from './cluster/object.js';
import { whileHolding } from './holding.js';
import type { DeployOutputs } from './outcome.js';
import { prepareObjects } from './prepare.js';
import { toldIfCancelled } from './release/cancellation.js';
import { History } from './release/history.js';
import { closeInterrupted } from './release/leftovers.js';
import { isAnotherThing, isSameRelease, pendingRevision } from './release/pending.js';
import type { Revision } from './release/record.js';
import { writeReport } from './report.js';
import type { Concern } from './scale/concern.js';
import type { Site } from './site.js';
import type { Judgement } from './strategy/judgement.js';
import type { Trial, TrialPlan } from './strategy/trial.js';
import { type NewRelease, takeOver } from './take-over.js';

/** Deploys: nothing changes before everything is known to be allowed and valid, and nothing bad stays. */
export async function deploy(site: Site, outputs: DeployOutputs): Promise<void> {
  const strategy =
    site.inputs.strategy.kind === 'rolling' ? undefined : await import('./strategy/judgement.js');
  const judgement = await strategy?.openJudgement(site);
  const proxied = judgement ? strategy?.proxiedBy(judgement, site.namespace) : [];
  const objects = await prepareObjects(site, false, proxied);
  if (judgement) await strategy?.tryQueries(site, judgement);
  if (site.inputs.createNamespace) await createNamespace(site);
  await whileHolding(site, async (signal, announce) => {
    await announce(site.run.headSha);
    return deployHolding(site, objects, judgement, outputs, signal);
  });
}

async function deployHolding(
  site: Site,
  manifests: readonly KubeObject[],
  judgement: Judgement | undefined,
  outputs: DeployOutputs,
  signal: AbortSignal,
): Promise<string | undefined> {
  const history = await History.read(site.client, site.release, site.namespace);
  const lastGood = history.lastGood;
  outputs.set('previous-revision', lastGood ? String(lastGood.number) : '');
  const objects = await dressed(site, manifests, history);
  if (lastGood && isAnotherThing(lastGood.objects, objects)) {
    warning(
      `Nothing of revision ${lastGood.number} of '${site.release}' is in this release. If that is another thing, give each its own 'release': when this one fails, that one would be put back.`,
      { title: 'Two things by one name' },
    );
  }
  const strays = await closeInterrupted(history);
  const isStanding = history.mayHaveTrials(site.inputs.strategy.kind)
    ? await (await import('./strategy/settle.js')).clearTrials(site, history, signal)
    : true;
  const live = await observe(site.client, objects, site.applySet);
  if (!site.inputs.forceConflicts) await refuseForeign(site.client, objects, live, site.applySet);
  const isRepeat = lastGood !== undefined && isSameRelease(lastGood.objects, objects);
  const looksAtScale = !isRepeat && site.inputs.scaleChecks !== 'off';
  const concerns = looksAtScale ? await checkScale(site, objects, live) : [];
  if (!lastGood) await preflight(site, objects, live);
  // Before anything is recorded: a release that cannot be tried as asked is refused, and was never there.
  const plan =
    judgement && isStanding && !isRepeat ? await planTrial(site, objects, lastGood, live) : undefined;
  const revision = isRepeat ? lastGood : await history.keep(pendingRevision(site, history, objects, live));

  const release: NewRelease = { history, objects, lastGood, revision, isRepeat, strays, concerns, signal };
  return toldIfCancelled(site, history, revision, () =>
    tryAndTakeOver(site, release, { live, judgement, plan }, outputs),
  );
}

async function tryAndTakeOver(
  site: Site,
  release: NewRelease,
  { live, judgement, plan }: Trying,
  outputs: DeployOutputs,
): Promise<string | undefined> {
  const { lastGood, history } = release;
  const introduced = judgement && plan && lastGood && { judgement, plan, lastGood, kept: history.newestGood };
  const trial = introduced
    ? await (await import('./strategy/introduce.js')).introduce(site, { ...release, ...introduced, live })
    : undefined;
  if (trial?.rollout.failure) return endBadly(site, { ...release, rollout: trial.rollout, trial }, outputs);
  if (trial && site.inputs.strategy.pause) return leaveOnTrial(site, release, trial, outputs);
  await takeOver(site, { ...release, live, trial, judgement }, outputs);
  return `${site.release} in ${site.namespace}`;
}

interface Trying {
  readonly live: ReadonlyMap<string, KubeObject>;
  readonly judgement: Judgement | undefined;
  /** Undefined where nothing is tried. */
  readonly plan: TrialPlan | undefined;
}

/** Loaded only where it is wanted. */
async function checkScale(
  site: Site,
  objects: readonly KubeObject[],
  live: ReadonlyMap<string, KubeObject>,
): Promise<readonly Concern[]> {
  return (await import('./scale/check.js')).checkScaleBefore(site, objects, live);
}

/** The objects as the strategy wants them: with blue-green in a colour, else as they are. */
async function dressed(
  site: Site,
  manifests: readonly KubeObject[],
  history: History,
): Promise<readonly KubeObject[]> {
  if (site.inputs.strategy.kind !== 'blue-green') return manifests;
  const { inItsColour } = await import('./strategy/colour.js');
  return inItsColour(manifests, history.lastGood?.objects ?? [], history.nextNumber);
}

async function planTrial(
  site: Site,
  objects: readonly KubeObject[],
  lastGood: Revision | undefined,
  live: ReadonlyMap<string, KubeObject>,
): Promise<TrialPlan | undefined> {
  if (!lastGood) {
    info('Nothing was released here before: there is no stable version to try this one beside.');
    return undefined;
  }
  return (await import('./strategy/introduce.js')).planTrial(site, objects, lastGood, live);
}

/** The trial went well, and a person is to have the last word. */
async function leaveOnTrial(
  site: Site,
  { history, revision, lastGood }: NewRelease,
  trial: Trial,
  outputs: DeployOutputs,
): Promise<undefined> {
  await history.mark(revision, 'paused');
  info(`Revision ${revision.number} stays on trial until a run with 'mode: promote' or 'mode: reject'.`);
  outputs.set('result', 'paused');
  outputs.set('revision', lastGood ? String(lastGood.number) : '');
  outputs.set('changed', trial.rollout.changed);
  const { rollout } = trial;
  await writeReport(site, {
    result: 'paused',
    revision: revision.number,
    previous: lastGood,
    rollout,
    trial,
    leftovers: [],
  });
}
