import { ActionError, formatDuration, info } from '@fairway/action-kit';
import type { KubeClient } from '../cluster/client.js';
import { builtIn, isBuiltInGroup } from '../cluster/kinds.js';
import { type KubeObject, keyOf, labelOf } from '../cluster/object.js';
import { follow, type WatchTarget } from '../cluster/watch.js';
import { assess, type Standing } from './assess.js';
import { NODE_MS, nodePatienceMs } from './autoscaler.js';
import { type Finding, sentence } from './finding.js';
import { Patience } from './patience.js';
import { isAwaited } from './progress.js';
import { View } from './view.js';

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly crashLoopThreshold: number;
  /** The label selector that finds the release's objects. */
  readonly selector: string;
  /** Something in the release may make ConfigMaps and Secrets (an operator's resource does). */
  readonly hasMakers: boolean;
  /** Ends the wait: the lease was lost, or the job is being cancelled. */
  readonly signal: AbortSignal;
}

/** A line of the rollout's story. */
export interface Moment {
  readonly atMs: number;
  readonly object: string;
  readonly detail: string;
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
const CONTROLLERS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicaSet', 'Pod']);

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
  const targets = await watchTargets(client, awaited, options.selector);
  const unsynced = new Set(targets.map((_, index) => index));
  const story = new Story();
  const patience = new Patience();
  let nodeMs: number = NODE_MS.possible;
  let asked = false;

  return new Promise<RolloutResult>((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let due = false;
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
      };
      const standings = assess(awaited, view, rules, client.connection.now().getTime());
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
    // Changes come in bursts; one look at the end of a burst costs as much as one look at each of its changes.
    const decideSoon = () => {
      if (due) return;
      due = true;
      setTimeout(decide, 20);
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

/** The collections to watch: the release's own objects by label, and what their controllers make of them. */
async function watchTargets(
  client: KubeClient,
  awaited: readonly KubeObject[],
  labelSelector: string,
): Promise<WatchTarget[]> {
  const targets = new Map<string, WatchTarget>();
  const add = (apiVersion: string, kind: string, namespace: string | undefined, selection: object) => {
    const key = keyOf({ apiVersion, kind, name: '', ...(namespace !== undefined && { namespace }) });
    const resource = builtIn(apiVersion, kind);
    if (resource && !targets.has(key)) targets.set(key, { resource, namespace, ...selection });
  };
  for (const object of awaited) {
    const { namespace } = object.metadata;
    if (!isBuiltInGroup(object.apiVersion)) {
      const resource = await client.resource(object.apiVersion, object.kind);
      targets.set(keyOf({ ...object, name: '', ...(namespace !== undefined && { namespace }) }), {
        resource,
        namespace,
        labelSelector,
      });
    } else if (object.kind !== 'Pod') add(object.apiVersion, object.kind, namespace, { labelSelector });
  }
  const workloads = awaited.filter(({ kind }) => CONTROLLERS.has(kind));
  const hasClaims = new Set(
    awaited.filter(({ kind }) => kind === 'PersistentVolumeClaim').map(({ metadata }) => metadata.namespace),
  );
  for (const { kind, metadata } of [
    ...workloads,
    ...awaited.filter((o) => o.kind === 'PersistentVolumeClaim'),
  ]) {
    if (CONTROLLERS.has(kind)) add('v1', 'Pod', metadata.namespace, {});
    if (kind === 'Deployment') add('apps/v1', 'ReplicaSet', metadata.namespace, {});
    add(
      'v1',
      'Event',
      metadata.namespace,
      hasClaims.has(metadata.namespace) ? {} : { fieldSelector: 'type=Warning' },
    );
  }
  return [...targets.values()];
}

/** Tells each change of an object's standing once, in the log and for the summary. */
class Story {
  readonly moments: Moment[] = [];
  readonly #told = new Map<string, string>();

  tell(standings: readonly Standing[], atMs: number): void {
    for (const { object, detail, findings } of standings) {
      const [worst] = findings.toSorted((a, b) => (a.patienceMs ?? Infinity) - (b.patienceMs ?? Infinity));
      const text = worst ? `${detail}; ${sentence(worst).slice(labelOf(object).length + 2)}` : detail;
      const key = keyOf(object);
      if (text === '' || this.#told.get(key) === text) continue;
      this.#told.set(key, text);
      this.moments.push({ atMs, object: labelOf(object), detail: text });
      info(`${formatDuration(atMs).padStart(9)}  ${labelOf(object)}: ${text}`);
    }
  }
}

function interrupted(): ActionError {
  return new ActionError('interrupted', 'The rollout was interrupted before its end was known.', {
    remedy: 'Run the job again: it finds the revision that was left half-way and carries on from there.',
  });
}
