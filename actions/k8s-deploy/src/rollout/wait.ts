import { ActionError } from '@fairway/action-kit';
import type { KubeClient } from '../cluster/client.js';
import type { KubeObject } from '../cluster/object.js';
import { follow } from '../cluster/watch.js';
import { assess, type Standing } from './assess.js';
import { NODE_MS, nodePatienceMs } from './autoscaler.js';
import { NO_PATIENCE, patienceWithOthers } from './elsewhere.js';
import type { Finding } from './finding.js';
import { Patience } from './patience.js';
import { isAwaited } from './progress.js';
import { type Moment, Story } from './story.js';
import { watchTargets } from './targets.js';
import { View } from './view.js';

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly crashLoopThreshold: number;
  /** The label selector that finds the release's objects. */
  readonly selector: string;
  /** Something in the release may make ConfigMaps and Secrets (an operator's resource does). */
  readonly hasMakers: boolean;
  /** See {@link import('../release/roll-out.js').RolloutOptions}. */
  readonly awaitsOthers: boolean;
  /** Ends the wait: the lease was lost, or the job is being cancelled. */
  readonly signal: AbortSignal;
}

export interface RolloutResult {
  readonly verdict: 'ready' | 'broken' | 'slow';
  /** What broke it, or what it was still waiting for when the time was up. */
  readonly findings: readonly Finding[];
  readonly unready: readonly Standing[];
  readonly moments: readonly Moment[];
  readonly durationMs: number;
}

/** How long an operator that was told of a Secret may take to make it. */
const APPEAR_MS = 60_000;

/**
 * Waits by watching until every object is ready, one cannot become ready, or the time is up.
 * @param applied as the server answered when they were applied
 * @throws ActionError when the API is lost, or 'interrupted' when the signal is raised
 */
export async function waitForRollout(
  client: KubeClient,
  applied: readonly KubeObject[],
  options: WaitOptions,
): Promise<RolloutResult> {
  const awaited = applied.filter(isAwaited);
  const done: RolloutResult = { verdict: 'ready', findings: [], unready: [], moments: [], durationMs: 0 };
  if (awaited.length === 0) return done;
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, options.signal]);
  try {
    return await watchUntilDecided(client, awaited, options, signal);
  } finally {
    stop.abort();
  }
}

async function watchUntilDecided(
  client: KubeClient,
  awaited: readonly KubeObject[],
  options: WaitOptions,
  signal: AbortSignal,
): Promise<RolloutResult> {
  const began = performance.now();
  const view = new View(client.connection.now());
  const [targets, elsewhere] = await Promise.all([
    watchTargets(client, awaited, options.selector),
    options.awaitsOthers ? patienceWithOthers(client, awaited, options.timeoutMs) : NO_PATIENCE,
  ]);
  const unsynced = new Set(targets.map((_, index) => index));
  const story = new Story();
  const patience = new Patience();
  let nodeMs: number = NODE_MS.possible;
  let asked = false;

  return new Promise<RolloutResult>((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let due = false;
    let lookMs = 0;
    const finish = (
      verdict: RolloutResult['verdict'],
      findings: readonly Finding[],
      standings: readonly Standing[],
    ) => {
      clearTimeout(timer);
      const unready = standings.filter(({ ready }) => !ready);
      resolve({ verdict, findings, unready, moments: story.moments, durationMs: performance.now() - began });
    };
    const decide = () => {
      due = false;
      clearTimeout(timer);
      if (signal.aborted) return reject(interrupted());
      const now = performance.now();
      const rules = {
        crashLoopThreshold: options.crashLoopThreshold,
        appearMs: options.hasMakers ? APPEAR_MS : 0,
        nodeMs,
        elsewhere,
      };
      const standings = assess(awaited, view, rules, client.connection.now().getTime());
      lookMs = performance.now() - now;
      story.tell(standings, now - began);
      if (unsynced.size === 0 && standings.every(({ ready }) => ready)) return finish('ready', [], standings);
      const findings = standings.flatMap((standing) => standing.findings);
      if (!asked && findings.some(({ code }) => code === 'no-capacity' || code === 'no-fitting-node')) {
        asked = true;
        void nodePatienceMs(client).then((ms) => {
          nodeMs = ms;
          decideSoon();
        });
      }
      const broken = patience.outlasted(findings, now);
      if (broken.length > 0) return finish('broken', broken, standings);
      const leftMs = options.timeoutMs - (now - began);
      if (leftMs <= 0) return finish('slow', findings, standings);
      const steadyMs = standings.flatMap(({ steadyInMs }) => steadyInMs ?? []);
      timer = setTimeout(decide, Math.min(leftMs, patience.nextMs(findings, now) ?? leftMs, ...steadyMs) + 1);
    };
    // Changes come in bursts; one look at the end of a burst costs as much as one look at each of its changes. Where
    // there is much to look at, looking takes no more than a tenth of the time.
    const decideSoon = () => {
      if (due) return;
      due = true;
      setTimeout(decide, Math.min(500, Math.max(20, 10 * lookMs)));
    };
    signal.addEventListener('abort', () => decide(), { once: true });
    targets.forEach((target, index) => {
      follow(client, target, signal, (change) => {
        view.take(String(index), change);
        unsynced.delete(index);
        decideSoon();
      }).catch(reject);
    });
    decideSoon();
  });
}

function interrupted(): ActionError {
  return new ActionError('interrupted', 'The rollout was interrupted before its end was known.', {
    remedy: 'Run the job again: it finds the revision that was left half-way and carries on from there.',
  });
}
