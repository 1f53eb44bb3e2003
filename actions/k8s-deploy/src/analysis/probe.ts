import { messageOf } from '@fairway/action-kit';
import { outcome, quoted, run } from '@fairway/exec-kit';
import type { KubeClient } from '../cluster/client.js';
import { attempt } from '../smoke.js';
import type { Datadog } from './datadog.js';
import type { Sample } from './judge.js';
import { type AnalysisPlan, isQuery, type Metric, type Source } from './metric.js';
import { fill, listed, type Version } from './placeholders.js';
import { ask, type PrometheusTarget, type Reading } from './prometheus.js';

/** The two versions at one moment. */
export interface Look {
  readonly candidate: Version;
  readonly stable: Version;
  /** How often containers of the new version have died so far. */
  readonly restarts: number;
  /** Pods of the new version that are not ready; a Deployment that has none counts as one. */
  readonly unready: number;
  /** Pods of the stable Deployment that its Services, bound for the trial, do not reach. */
  readonly strangers: number;
}

/** What measuring needs. */
export interface Bench {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly prometheus: PrometheusTarget | undefined;
  readonly datadog: Datadog | undefined;
  /** The Service that reaches only the new version, by the name of the Service that it stands beside. */
  readonly previews: ReadonlyMap<string, string>;
  /** Where commands run. */
  readonly workspace: string;
  look(): Promise<Look>;
}

export type Taken = Omit<Sample, 'atMs'>;

const HTTP_MS = 10_000;
/** sysexits.h: "temporary failure", by which a command says that it has no data. */
const NO_DATA = 75;

/** Measures one metric once. Whatever goes wrong is told in the sample. */
export async function take(metric: Metric, bench: Bench, look: Look, signal: AbortSignal): Promise<Taken> {
  const { source } = metric;
  switch (source.kind) {
    case 'restarts':
      return { value: look.restarts };
    case 'unready':
      return { value: look.unready };
    case 'strangers':
      return { value: look.strangers };
    case 'http': {
      const began = performance.now();
      const answer = await attempt(atCandidate(source.target, bench), bench.client, bench.namespace, HTTP_MS);
      return { value: performance.now() - began, ...(!answer.passed && { failed: answer.said }) };
    }
    case 'command':
      return takeCommand(source.argv, source.timeoutMs, metric, bench, look, signal);
    case 'prometheus':
    case 'datadog':
      return takeQuery(metric, bench, look, signal);
  }
}

/** Asks the Service that reaches only the new version, where a check names one that reaches both. */
function atCandidate<T extends { readonly via: string }>(target: T, bench: Bench): T {
  if (!('service' in target)) return target;
  const preview = bench.previews.get(String(target.service));
  return preview === undefined ? target : { ...target, service: preview };
}

async function takeQuery(metric: Metric, bench: Bench, look: Look, signal: AbortSignal): Promise<Taken> {
  // An empty list of pods would ask for the series that have no such label: somebody else's.
  const of = async (version: Version, who: string): Promise<Reading> =>
    version.pods.length === 0
      ? { problem: `the ${who} version has no pod` }
      : askAbout(metric.source, version, bench, signal);
  const [candidate, stable] = await Promise.all([
    of(look.candidate, 'new'),
    metric.limits.stable ? of(look.stable, 'stable') : undefined,
  ]);
  return {
    ...(candidate.value !== undefined && { value: candidate.value }),
    ...(stable?.value !== undefined && { stable: stable.value }),
    ...(candidate.problem !== undefined && { problem: candidate.problem }),
  };
}

/** Asks a query about one version. */
async function askAbout(
  source: Source,
  version: Version,
  bench: Pick<Bench, 'prometheus' | 'datadog' | 'client'>,
  signal: AbortSignal,
): Promise<Reading> {
  const { prometheus, datadog, client } = bench;
  if (source.kind === 'prometheus' && prometheus) {
    return ask(prometheus, fill(source.query, version), client, signal);
  }
  if (source.kind === 'datadog' && datadog) {
    const filled = Object.entries(source.queries).map(([name, query]) => [
      name,
      fill(query, version, listed),
    ]);
    return datadog.ask({ ...source, queries: Object.fromEntries(filled) }, signal);
  }
  return { problem: `nowhere to ask ${source.kind}` };
}

async function takeCommand(
  argv: readonly string[],
  timeoutMs: number,
  metric: Metric,
  bench: Bench,
  look: Look,
  signal: AbortSignal,
): Promise<Taken> {
  const [program = '', ...args] = argv;
  const [service, preview = ''] = [...bench.previews][0] ?? ['', ''];
  try {
    const result = await run(program, args, {
      cwd: bench.workspace,
      env: {
        FAIRWAY_NAMESPACE: bench.namespace,
        FAIRWAY_CANDIDATE: look.candidate.workloads.join(' '),
        FAIRWAY_CANDIDATE_PODS: look.candidate.pods.join(' '),
        FAIRWAY_STABLE: look.stable.workloads.join(' '),
        FAIRWAY_SERVICE: service,
        FAIRWAY_PREVIEW_SERVICE: preview,
      },
      show: 'on-failure',
      title: `${metric.name}: ${quoted(program, args)}`,
      timeoutMs,
      signal,
    });
    return readCommand(result);
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

/** What a command's end says. Pure. */
export function readCommand(result: Parameters<typeof outcome>[0]): Taken {
  if (result.cancelled === true) return { problem: 'it was cancelled' };
  if (result.exitCode === NO_DATA) return { problem: 'the command says that it has no data (exit code 75)' };
  const number = result.stdout.trim().split('\n').at(-1)?.trim() ?? '';
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(number) ? Number(number) : undefined;
  const isGood = result.exitCode === 0 && !result.timedOut;
  return {
    ...(value !== undefined && { value }),
    ...(!isGood && { failed: `the command ${outcome(result)}` }),
  };
}

/**
 * Asks every query once before anything changes, since a typing error should not cost a canary. What has no data yet,
 * or does not answer, is no reason to stop here.
 * @returns the first query that is refused; undefined when there is none
 */
export async function refusedQuery(
  plan: AnalysisPlan,
  bench: Pick<Bench, 'prometheus' | 'datadog' | 'client' | 'namespace'>,
  signal: AbortSignal,
): Promise<{ readonly metric: Metric; readonly problem: string } | undefined> {
  const { namespace } = bench;
  const nobody = { namespace, release: 'none', workloads: ['none'], pods: ['none'], track: 'none' };
  for (const metric of plan.metrics.filter(({ source }) => isQuery(source))) {
    const { problem = '', isRefused } = await askAbout(metric.source, nobody, bench, signal);
    if (isRefused) return { metric, problem };
  }
  return undefined;
}
