import { ActionError, formatDuration, group, info } from '@fairway/action-kit';
import { type Applied, applyAll } from '../apply/apply.js';
import { parentObject } from '../apply/apply-set.js';
import { deleteObjects } from '../apply/prune.js';
import { isBuiltInGroup } from '../cluster/kinds.js';
import { type KubeObject, labelOf, refOf } from '../cluster/object.js';
import { type Finding, sentence } from '../rollout/finding.js';
import type { Moment } from '../rollout/story.js';
import { type RolloutResult, waitForRollout } from '../rollout/wait.js';
import type { Concern } from '../scale/concern.js';
import type { Site } from '../site.js';
import { runSmokeTests, type SmokeResult } from '../smoke.js';
import { hookOf, type Occasion } from '../source/hooks.js';
import { inTiers, inWaves, type Wave } from '../source/order.js';
import { showHookLogs } from './hook-log.js';

/** What a release did, however it ended. Filled as it goes, so that a failure halfway can be told and undone. */
export class Rollout {
  readonly applied: Applied[] = [];
  readonly moments: Moment[] = [];
  smoke: readonly SmokeResult[] = [];
  /** What may keep it from growing or surviving, although it is ready. */
  readonly concerns: Concern[] = [];
  /** Why the release is bad; undefined while nothing says so. */
  failure: RolloutFailure | undefined;

  get changed(): number {
    return this.applied.filter(({ action }) => action !== 'unchanged' && action !== 'kept').length;
  }
}

export interface RolloutFailure {
  readonly reason: string;
  readonly remedy: string;
  readonly findings: readonly Finding[];
}

export interface RolloutOptions {
  readonly live: ReadonlyMap<string, KubeObject>;
  readonly force: boolean;
  readonly signal: AbortSignal;
  readonly withSmokeTests: boolean;
  /** Which hooks of a chart run. An upgrade, unless said otherwise. */
  readonly occasion?: Occasion;
  /** Wait a moment for an autoscaler's metrics and an ingress's address too; going back has no time for that. */
  readonly awaitsOthers?: boolean;
}

/** Failures in which the cluster's state is not known: nothing may be decided from them, least of all a rollback. */
const UNKNOWN = new Set(['unreachable', 'interrupted', 'unauthorized']);

/** What an error makes of a release. @throws it again where it leaves the cluster's state unknown, or nobody's to judge */
export function failureFrom(error: unknown, signal: AbortSignal): RolloutFailure {
  if (!(error instanceof ActionError) || UNKNOWN.has(error.code) || signal.aborted) throw error;
  return { reason: error.message, remedy: error.remedy, findings: [] };
}

/**
 * Applies the objects wave by wave, waits for each wave, and tests the whole. A bad release is told in
 * `rollout.failure`; thrown is only what leaves the state unknown.
 */
export async function rollOut(
  site: Site,
  objects: readonly KubeObject[],
  rollout: Rollout,
  options: RolloutOptions,
): Promise<void> {
  const began = performance.now();
  try {
    await site.client.apply(parentObject(site.release, site.namespace, objects), { force: true });
    const waves = inWaves(objects, options.occasion);
    for (const [index, wave] of waves.entries()) {
      const applied = await group(`Apply ${wave.objects.length} objects`, () =>
        applyWave(site, wave.objects, objects, rollout, options),
      );
      const leftMs = site.inputs.timeoutMs - (performance.now() - began);
      const result = await group('Wait until it is ready', () =>
        waitForRollout(site.client, applied, {
          timeoutMs: Math.max(1_000, leftMs),
          crashLoopThreshold: site.inputs.crashLoopThreshold,
          selector: site.selector,
          hasMakers: objects.some(({ apiVersion }) => !isBuiltInGroup(apiVersion)),
          awaitsOthers: options.awaitsOthers ?? false,
          signal: options.signal,
        }),
      );
      rollout.moments.push(...result.moments);
      if (site.inputs.evidence === 'full') await showHookLogs(site, wave.objects);
      if (result.verdict !== 'ready') {
        rollout.failure = failureOf(result);
        return;
      }
      if (waves[index + 1]?.phase !== wave.phase) await dismissHooks(site, waves, wave.phase, options);
    }
  } catch (error) {
    rollout.failure = failureFrom(error, options.signal);
    return;
  }
  if (options.withSmokeTests) await smoke(site, rollout, options.signal);
}

async function applyWave(
  site: Site,
  wave: readonly KubeObject[],
  release: readonly KubeObject[],
  rollout: Rollout,
  options: RolloutOptions,
): Promise<KubeObject[]> {
  const applied: KubeObject[] = [];
  const onApplied = (one: Applied) => {
    rollout.applied.push(one);
    if (one.after) applied.push(one.after);
    info(`${one.action.padEnd(9)} ${labelOf(one.ref)}`);
  };
  const { force, live, signal } = options;
  for (const tier of inTiers(wave)) {
    await applyAll(site.client, tier, { force, dryRun: false, release, live, onApplied, signal });
  }
  return applied;
}

/** Takes the hooks of a phase away that ask for it, once all of them went well. */
async function dismissHooks(
  site: Site,
  waves: readonly Wave[],
  phase: Wave['phase'],
  { occasion = 'upgrade' }: RolloutOptions,
): Promise<void> {
  const over = waves
    .filter((wave) => wave.phase === phase)
    .flatMap(({ objects }) => objects.filter((object) => hookOf(object, occasion)?.vanishes));
  const gone = await deleteObjects(site.client, over.map(refOf), site.applySet, { dryRun: false });
  for (const { action, ref } of gone) info(`${action.padEnd(9)} ${labelOf(ref)}`);
}

/** Runs the smoke tests of what was rolled out. One that fails is the rollout's failure. @throws ActionError 'interrupted' */
export async function smoke(site: Site, rollout: Rollout, signal: AbortSignal): Promise<void> {
  const { smokeTests, smokeTimeoutMs } = site.inputs;
  if (smokeTests.length === 0) return;
  rollout.smoke = await group('Smoke tests', () =>
    runSmokeTests(smokeTests, site.client, site.namespace, smokeTimeoutMs, signal),
  );
  const bad = rollout.smoke.find(({ passed }) => !passed);
  if (bad) {
    rollout.failure = {
      reason: `the smoke test ${bad.test.label} failed: ${bad.detail}`,
      remedy:
        'Ask that address by hand and read the log of the service; a test that needs longer has smoke-timeout.',
      findings: [],
    };
  }
}

function failureOf(result: RolloutResult): RolloutFailure {
  const [first] = result.findings;
  if (result.verdict === 'broken' && first) {
    return { reason: sentence(first), remedy: first.remedy, findings: result.findings };
  }
  const waiting = result.unready.map(({ object, detail }) => `${labelOf(object)} (${detail})`).join(', ');
  return {
    reason: `not ready after ${formatDuration(result.durationMs)}: ${waiting}${first ? `; ${sentence(first)}` : ''}`,
    remedy: first?.remedy ?? "Give it more time with 'timeout', or see what its pods wait for.",
    findings: result.findings,
  };
}
