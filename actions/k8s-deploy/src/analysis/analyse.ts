import { info } from '@fairway/action-kit';
import { pause } from '@fairway/exec-kit';
import { figure, type Graded, grade, judge, together, type Verdict } from './judge.js';
import type { AnalysisPlan, Metric } from './metric.js';
import type { Look, Taken } from './probe.js';

/** What a step has shown of one metric. */
export interface Measured {
  readonly metric: Metric;
  readonly samples: readonly Graded[];
  readonly verdict: Verdict;
}

export interface Analysis {
  readonly verdict: Exclude<Verdict, 'open'>;
  readonly measured: readonly Measured[];
}

/** Time, so that a test need not wait for it. Milliseconds. */
export interface Clock {
  now(): number;
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

export const CLOCK: Clock = { now: () => performance.now(), pause };

export interface AnalysisOptions {
  /** Milliseconds of sampling where the plan names none. */
  readonly durationMs: number;
  /** The clock's time at which the trial began. */
  readonly beganMs: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Looks at the pods of both versions, once for all samples of a turn. */
  readonly look: () => Promise<Look>;
  readonly measure: (metric: Metric, look: Look) => Promise<Taken>;
}

/** What needs no file to be measured: containers of the new version stay alive, and its pods stay ready. */
export function lifeMetrics(crashLoopThreshold: number): Metric[] {
  return [
    {
      name: 'container restarts',
      source: { kind: 'restarts' },
      limits: { max: crashLoopThreshold - 1 },
      minimumSamples: 1,
      failures: 0,
    },
    // Two looks are forgiven: an autoscaler or a node that is drained may be replacing one.
    {
      name: 'pods not ready',
      source: { kind: 'unready' },
      limits: { max: 0 },
      minimumSamples: 1,
      failures: 2,
    },
  ];
}

/**
 * Samples all metrics at each interval until one fails or the time is over. Samples taken while the signal is raised do
 * not count; the caller, who raised it, has its own end.
 */
export async function analyse(plan: AnalysisPlan, options: AnalysisOptions): Promise<Analysis> {
  const { clock, signal } = options;
  if (plan.delayMs > 0) await clock.pause(plan.delayMs, signal);
  const began = clock.now();
  const endMs = began + (plan.durationMs ?? options.durationMs);
  const samples = plan.metrics.map((): Graded[] => []);
  for (let turn = 1; !signal.aborted; turn++) {
    const atMs = clock.now() - options.beganMs;
    const look = await options.look();
    const taken = await Promise.all(plan.metrics.map((metric) => options.measure(metric, look)));
    if (signal.aborted) break;
    plan.metrics.forEach((metric, index) => {
      const graded = grade({ atMs, ...taken[index] }, metric.limits);
      samples[index]?.push(graded);
      tell(metric, graded);
    });
    // A sample that takes longer than the interval delays the next one; it is not made up for in a burst.
    const nextMs = Math.max(clock.now(), began + turn * plan.intervalMs);
    const isOver = nextMs > endMs;
    const verdict = together(verdictsOf(plan, samples, isOver));
    if (verdict !== 'open') return conclude(plan, samples, verdict, isOver);
    await clock.pause(Math.max(0, nextMs - clock.now()), signal);
  }
  return conclude(plan, samples, 'inconclusive', true);
}

function verdictsOf(plan: AnalysisPlan, samples: readonly Graded[][], isOver: boolean): Verdict[] {
  return plan.metrics.map((metric, index) => judge(metric, samples[index] ?? [], isOver));
}

function conclude(
  plan: AnalysisPlan,
  samples: readonly Graded[][],
  verdict: Analysis['verdict'],
  isOver: boolean,
): Analysis {
  const verdicts = verdictsOf(plan, samples, isOver);
  const measured = plan.metrics.map((metric, index) => ({
    metric,
    samples: samples[index] ?? [],
    verdict: verdicts[index] ?? 'inconclusive',
  }));
  return { verdict, measured };
}

function tell(metric: Metric, { grade, value, stable, why }: Graded): void {
  const mark = { good: '✓', bad: '✗', unknown: '?' }[grade];
  const beside = stable === undefined ? '' : ` (stable ${figure(stable)})`;
  info(`  ${mark} ${metric.name}: ${value === undefined ? '–' : figure(value)}${beside}${why && `: ${why}`}`);
}

/** Why a version that did not pass was not taken, in one line. */
export function reasonOf({ measured }: Analysis): string {
  const worst =
    measured.find(({ verdict }) => verdict === 'fail') ??
    measured.find(({ verdict }) => verdict === 'inconclusive');
  if (worst === undefined) return '';
  const { metric, samples, verdict } = worst;
  const count = (wanted: string) => samples.filter(({ grade }) => grade === wanted).length;
  const last = (wanted: string) => samples.findLast(({ grade }) => grade === wanted)?.why ?? '';
  if (verdict === 'fail') {
    const forgiven = metric.failures === 0 ? 'none is' : `${metric.failures} are`;
    return `${metric.name}: ${last('bad')} (${count('bad')} of ${samples.length} samples bad, ${forgiven} forgiven)`;
  }
  const had = samples.length - count('unknown');
  return `${metric.name}: no verdict, ${had} of ${samples.length} samples had data and ${metric.minimumSamples} are needed (${last('unknown')})`;
}
