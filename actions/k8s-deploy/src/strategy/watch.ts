import { ActionError, formatDuration, group } from '@fairway/action-kit';
import { type Analysis, analyse, CLOCK, lifeMetrics, reasonOf } from '../analysis/analyse.js';
import { isQuery, type Metric } from '../analysis/metric.js';
import { type Bench, take } from '../analysis/probe.js';
import type { RolloutFailure } from '../release/roll-out.js';
import type { Site } from '../site.js';
import { previewName } from './candidate.js';
import { type Contender, lookAt } from './contest.js';
import type { Judgement } from './judgement.js';

export interface Watching {
  /** Milliseconds, where the analysis file names no duration. */
  readonly durationMs: number;
  /** The clock's time at which the trial began. */
  readonly beganMs: number;
  /** Hashes of the stable pods that Services keep to for the time of the trial; empty for none. */
  readonly bound?: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/** Somebody restarting the stable Deployment in mid-trial would leave its Services bound to pods that go. */
const UNDISTURBED: Metric = {
  name: 'stable pods replaced meanwhile',
  source: { kind: 'strangers' },
  limits: { max: 0 },
  minimumSamples: 1,
  failures: 0,
};

/** Judges the new version for a time. @throws ActionError 'interrupted' */
export async function watch(
  site: Site,
  contenders: readonly Contender[],
  { plan, prometheus, datadog }: Judgement,
  { durationMs, beganMs, bound = new Set(), signal }: Watching,
): Promise<Analysis> {
  const { client, release, namespace } = site;
  const services = contenders.flatMap((contender) => contender.services);
  const bench: Bench = {
    client,
    namespace,
    prometheus,
    datadog,
    previews: new Map(services.map(({ metadata }) => [metadata.name, previewName(metadata.name)] as const)),
    workspace: site.run.workspace,
    look: () => lookAt(client, release, namespace, contenders, bound),
  };
  const life = lifeMetrics(site.inputs.crashLoopThreshold);
  const metrics = [...plan.metrics, ...life, ...(bound.size > 0 ? [UNDISTURBED] : [])];
  const analysis = await group(`Watch for ${formatDuration(plan.durationMs ?? durationMs)}`, () =>
    analyse(
      { ...plan, metrics },
      {
        durationMs,
        beganMs,
        signal,
        clock: CLOCK,
        look: () => bench.look(),
        measure: (metric, look) => take(metric, bench, look, signal),
      },
    ),
  );
  if (signal.aborted) throw interrupted();
  return analysis;
}

/** Why a version that did not pass is not taken. */
export function failureOf(title: string, analysis: Analysis): RolloutFailure {
  const remedy = remedyFor(analysis);
  return { reason: `${title}: ${reasonOf(analysis)}`, remedy, findings: [] };
}

function remedyFor({ verdict }: Analysis): string {
  return verdict === 'fail'
    ? 'Compare the new version’s log and dashboards with the stable one’s at that time; the table in the summary has every sample.'
    : 'A version nobody can judge is not taken. Give it more traffic or time (step-duration), a delay for the first scrapes, or see whether Prometheus scrapes the new pods.';
}

/** What can be judged of a version that nobody sends requests to yet: checks that are requests themselves. */
export function withoutTraffic(judgement: Judgement): Judgement {
  return withMetrics(judgement, (metric) => (isQuery(metric.source) ? [] : metric));
}

/** What can be judged of a version that has all of the requests: there is nothing to compare it with any more. */
export function withAllTraffic(judgement: Judgement): Judgement {
  return withMetrics(judgement, (metric) => {
    const { stable: _compared, ...limits } = metric.limits;
    const isJudged = !isQuery(metric.source) || Object.keys(limits).length > 0;
    return isJudged ? { ...metric, limits } : [];
  });
}

function withMetrics(
  judgement: Judgement,
  choose: (metric: Metric) => Metric | readonly Metric[],
): Judgement {
  return { ...judgement, plan: { ...judgement.plan, metrics: judgement.plan.metrics.flatMap(choose) } };
}

function interrupted(): ActionError {
  return new ActionError('interrupted', 'The trial of the new version was interrupted before its end.', {
    remedy: 'Run the job again: it takes away what was on trial and begins anew.',
  });
}
