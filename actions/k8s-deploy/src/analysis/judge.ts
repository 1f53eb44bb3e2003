import type { Limits, Metric } from './metric.js';

/** What one look gave. */
export interface Sample {
  /** Milliseconds since the first step began. */
  readonly atMs: number;
  readonly value?: number;
  /** The same of the stable version, at the same moment. */
  readonly stable?: number;
  /** The check itself says no, whatever the number: `HTTP 500`. */
  readonly failed?: string;
  /** Why there is no data. */
  readonly problem?: string;
}

export type Grade = 'good' | 'bad' | 'unknown';

export interface Graded extends Sample {
  readonly grade: Grade;
  /** Why it is bad or unknown; empty for a good one. */
  readonly why: string;
}

/** `open`: more samples may still decide. */
export type Verdict = 'pass' | 'fail' | 'inconclusive' | 'open';

/**
 * Grades one sample. No data is unknown and never good: NaN and infinity (a division by nothing), an empty answer, a
 * stable version that cannot be compared with. A breach of an absolute limit is bad even then.
 */
export function grade(sample: Sample, limits: Limits): Graded {
  const give = (grade: Grade, why = ''): Graded => ({ ...sample, grade, why });
  if (sample.problem !== undefined) return give('unknown', sample.problem);
  if (sample.failed !== undefined) return give('bad', sample.failed);
  const isLimited = limits.max !== undefined || limits.min !== undefined || limits.stable !== undefined;
  if (!isLimited) return give('good');
  const { value, stable } = sample;
  if (value === undefined || !Number.isFinite(value)) return give('unknown', 'no data');
  if (limits.max !== undefined && value > limits.max) return give('bad', breach(value, 'more', limits.max));
  if (limits.min !== undefined && value < limits.min) return give('bad', breach(value, 'less', limits.min));
  if (limits.stable === undefined) return give('good');
  if (stable === undefined || !Number.isFinite(stable)) {
    return give('unknown', 'no data of the stable version to compare with');
  }
  const { maxRatio, minRatio, margin } = limits.stable;
  const most = maxRatio === undefined ? Infinity : stable * maxRatio + margin;
  const least = minRatio === undefined ? -Infinity : stable * minRatio - margin;
  const beside = `, where the stable version has ${figure(stable)}`;
  if (value > most) return give('bad', `${breach(value, 'more', most)}${beside}`);
  if (value < least) return give('bad', `${breach(value, 'less', least)}${beside}`);
  return give('good');
}

/**
 * Judges what a step has shown of one metric so far. More bad samples than are forgiven fail it at once, however few
 * there are; it passes only when the time is over and enough samples had data.
 */
export function judge(
  metric: Pick<Metric, 'minimumSamples' | 'failures'>,
  samples: readonly Graded[],
  isOver: boolean,
): Verdict {
  const bad = samples.filter(({ grade }) => grade === 'bad').length;
  if (bad > metric.failures) return 'fail';
  if (!isOver) return 'open';
  const known = samples.filter(({ grade }) => grade !== 'unknown').length;
  return known >= metric.minimumSamples ? 'pass' : 'inconclusive';
}

/** The worst of several: a failure decides, then what is still open, then what nobody knows. */
export function together(verdicts: readonly Verdict[]): Verdict {
  const order: readonly Verdict[] = ['fail', 'open', 'inconclusive'];
  return order.find((verdict) => verdicts.includes(verdict)) ?? 'pass';
}

function breach(value: number, way: 'more' | 'less', limit: number): string {
  return `${figure(value)}, ${way} than ${figure(limit)}`;
}

/** A number for people: three significant digits, whole ones as they are. */
export function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}
