import { group, info, warning } from '@fairway/action-kit';
import { type Analysis, CLOCK } from '../analysis/analyse.js';
import { type KubeObject, keyOf, labelOf } from '../cluster/object.js';
import { Rollout, rollOut } from '../release/roll-out.js';
import type { Site } from '../site.js';
import { inWaves } from '../source/order.js';
import { candidateOf, previewName, previewOf } from './candidate.js';
import { type Contender, replicasNow } from './contest.js';
import type { Judgement } from './judgement.js';
import { shareOf } from './steps.js';
import { trackOf } from './track.js';
import { isRouted } from './traffic/routing.js';
import { giveShare } from './traffic/shift.js';
import { failureOf, watch, withoutTraffic } from './watch.js';

/** One stage of a trial: so many replicas, watched for so long. */
export interface Stage {
  readonly title: string;
  /** @param stable how many replicas the stable Deployment has now */
  replicas(candidate: KubeObject, stable: number): number;
  readonly durationMs: number;
  /** Whole percent of the requests, where routes give them by weight. */
  readonly percent?: number;
  /** Whether the new version gets requests in it, so that there is something to measure. */
  readonly hasTraffic: boolean;
}

/** What is tried, and how. Made by a strategy. */
export interface TrialPlan {
  readonly contenders: readonly Contender[];
  readonly stages: readonly Stage[];
}

export interface StageResult {
  readonly title: string;
  /** Percent of the requests that the new version had. */
  readonly share: number;
  readonly by: 'weight' | 'replicas';
  readonly analysis: Analysis | undefined;
}

/** How a trial went. No pod of the stable version was changed in it. */
export class Trial {
  readonly contenders: readonly Contender[];
  /** What was applied for the trial, its moments, and why the new version is bad. */
  readonly rollout = new Rollout();
  readonly stages: StageResult[] = [];

  constructor(contenders: readonly Contender[]) {
    this.contenders = contenders;
  }
}

/**
 * Kinds that a new version may need before it can start, and that hurt nobody by being there: those that do not exist
 * yet are made for the trial. What exists and differs stays as it is, since the stable version uses it.
 */
export const SUPPORT: ReadonlySet<string> = new Set([
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'PersistentVolumeClaim',
  'Role',
  'RoleBinding',
]);

/** Hooks before the deployment, which a trial needs as much as the release itself: a migration, for example. */
export function hooksBefore(objects: readonly KubeObject[]): KubeObject[] {
  return inWaves(objects).flatMap(({ phase, objects: members }) => (phase === 'before' ? members : []));
}

export interface TrialOptions {
  readonly objects: readonly KubeObject[];
  readonly live: ReadonlyMap<string, KubeObject>;
  readonly judgement: Judgement;
  /** Hashes of the stable pods that Services keep to for the time of the trial. */
  readonly bound: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/** Tries the new version stage by stage. A bad one is told in the trial's `rollout.failure`. */
export async function tryOut(
  site: Site,
  plan: TrialPlan,
  trial: Trial,
  options: TrialOptions,
): Promise<void> {
  const { objects, live } = options;
  const support = objects.filter((object) => SUPPORT.has(object.kind) && !live.has(keyOf(object)));
  const previews = previewsOf(plan.contenders);
  const began = CLOCK.now();
  for (const [index, stage] of plan.stages.entries()) {
    const sized = await sizeUp(site, plan.contenders, stage);
    const candidates = sized.map(({ candidate }) => candidate);
    const first = index === 0 ? [...hooksBefore(objects), ...support, ...previews] : [];
    info(`${stage.title}: ${sized.map(sizeText).join('; ')}`);
    await rollOut(site, [...first, ...candidates], trial.rollout, {
      live,
      force: site.inputs.forceConflicts,
      signal: options.signal,
      withSmokeTests: false,
    });
    if (trial.rollout.failure) return;
    if (index === 0) await smokeCandidate(site, trial, previews, options.signal);
    if (trial.rollout.failure) return;
    const routed = plan.contenders.filter(isRouted);
    if (stage.percent !== undefined && routed.length > 0) {
      trial.rollout.failure = await giveShare(site, routed, stage.percent, options.signal);
      if (trial.rollout.failure) return;
    }
    const judgement = stage.hasTraffic ? options.judgement : withoutTraffic(options.judgement);
    const analysis = await watch(site, trial.contenders, judgement, {
      durationMs: stage.durationMs,
      beganMs: began,
      bound: options.bound,
      signal: options.signal,
    });
    const byWeight = stage.percent !== undefined && routed.length > 0;
    const shares = sized.map(({ replicas, stable }) => shareOf(replicas, stable));
    trial.stages.push({
      title: stage.title,
      share: byWeight ? stage.percent : Math.max(...shares),
      by: byWeight ? 'weight' : 'replicas',
      analysis,
    });
    if (analysis.verdict === 'pass') continue;
    trial.rollout.failure = failureOf(stage.title, analysis);
    return;
  }
}

interface Sized {
  readonly candidate: KubeObject;
  readonly replicas: number;
  readonly stable: number;
}

async function sizeUp(site: Site, contenders: readonly Contender[], stage: Stage): Promise<Sized[]> {
  return Promise.all(
    contenders.map(async ({ candidate, stable }) => {
      const now = await replicasNow(site.client, stable);
      const replicas = stage.replicas(candidate, now);
      const sized = candidateOf(candidate, candidate.metadata.name, trackOf(candidate), replicas);
      return { candidate: sized, replicas, stable: now };
    }),
  );
}

function sizeText({ candidate, replicas, stable }: Sized): string {
  return `${labelOf(candidate)} with ${replicas} beside ${stable} stable ones`;
}

/** A Service of the new version alone, beside each Service that reaches both. */
export function previewsOf(contenders: readonly Contender[]): KubeObject[] {
  const previews = contenders.flatMap(({ candidate, services }) =>
    services.map((service) => previewOf(service, trackOf(candidate))),
  );
  return [...new Map(previews.map((preview) => [keyOf(preview), preview])).values()];
}

/** The release's smoke tests of its own Services, asked of the new version alone. */
async function smokeCandidate(
  site: Site,
  trial: Trial,
  previews: readonly KubeObject[],
  signal: AbortSignal,
): Promise<void> {
  const names = new Set(previews.map(({ metadata }) => metadata.name));
  const tests = site.inputs.smokeTests.flatMap((test) => {
    if (test.via !== 'service' || !names.has(previewName(test.service))) return [];
    const service = previewName(test.service);
    return [{ ...test, service, label: `${test.label} (new version only)` }];
  });
  if (tests.length === 0) return;
  const { runSmokeTests } = await import('../smoke.js');
  const results = await group('Smoke tests of the new version', () =>
    runSmokeTests(tests, site.client, site.namespace, site.inputs.smokeTimeoutMs, signal),
  );
  trial.rollout.smoke = results;
  const bad = results.find(({ passed }) => !passed);
  if (!bad) return;
  trial.rollout.failure = {
    reason: `the smoke test ${bad.test.label} failed: ${bad.detail}`,
    remedy:
      'Read the log of the new version; it was tried through a Service of its own, apart from the stable one.',
    findings: [],
  };
}

/** Says which settings the new version does not see while it is on trial. */
export function warnOfSharedSettings(deployment: KubeObject, changed: readonly KubeObject[]): void {
  if (changed.length === 0) return;
  const names = changed.map(labelOf).join(', ');
  warning(
    `${names} changes under the same name, and ${labelOf(deployment)} reads it: the version on trial still sees the old content. Give settings a name per content (Kustomize's configMapGenerator does).`,
    { title: 'On trial with old settings' },
  );
}
