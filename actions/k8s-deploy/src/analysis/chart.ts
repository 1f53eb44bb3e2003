import { formatDuration, md, type Section } from '@fairway/action-kit';
import type { Analysis, Measured } from './analyse.js';
import { figure, type Graded, type Verdict } from './judge.js';
import type { Limits } from './metric.js';

const BARS = '▁▂▃▄▅▆▇█';
const NO_DATA = '·';
/** Bars in a row: more do not fit a table on a phone. */
const WIDTH = 40;

const MARKS: Readonly<Record<Verdict, string>> = {
  pass: '🟢 good',
  fail: '🔴 bad',
  inconclusive: '⚪ no verdict',
  open: '⚪ not finished',
};

/**
 * A row of bars, from 0 (or the smallest, where that is below) to `top`. What has no data is a dot.
 * More values than fit are drawn by the largest of each stretch, so that no peak is lost.
 */
export function sparkline(values: readonly (number | undefined)[], top: number): string {
  const shown = squeeze(values, WIDTH);
  const bottom = Math.min(0, ...shown.filter((value) => value !== undefined));
  const height = top - bottom;
  return shown
    .map((value) => {
      if (value === undefined) return NO_DATA;
      const share = height > 0 ? (value - bottom) / height : 0;
      return BARS[Math.min(BARS.length - 1, Math.max(0, Math.round(share * (BARS.length - 1))))];
    })
    .join('');
}

function squeeze(values: readonly (number | undefined)[], width: number): (number | undefined)[] {
  const finite = values.map((value) => (value !== undefined && Number.isFinite(value) ? value : undefined));
  if (finite.length <= width) return finite;
  return Array.from({ length: width }, (_, index) => {
    const from = Math.floor((index * finite.length) / width);
    const to = Math.floor(((index + 1) * finite.length) / width);
    const known = finite.slice(from, to).filter((value) => value !== undefined);
    return known.length === 0 ? undefined : Math.max(...known);
  });
}

/** The limit in words: `≤ 0.05, ≤ stable × 1.5 + 0.01`. */
export function limitText({ max, min, stable }: Limits): string {
  const margin = (sign: string) => (stable && stable.margin > 0 ? ` ${sign} ${figure(stable.margin)}` : '');
  const parts = [
    max === undefined ? '' : `≤ ${figure(max)}`,
    min === undefined ? '' : `≥ ${figure(min)}`,
    stable?.maxRatio === undefined ? '' : `≤ stable × ${figure(stable.maxRatio)}${margin('+')}`,
    stable?.minRatio === undefined ? '' : `≥ stable × ${figure(stable.minRatio)}${margin('−')}`,
  ];
  return parts.filter(Boolean).join(', ') || 'succeeds';
}

/** The analysis for the summary: a row a metric, with its course; below it, folded, every sample. */
export function analysisSection(title: string, { measured }: Analysis): Section {
  const rows = measured.map(({ metric, samples, verdict }) => {
    const values = samples.map(({ value }) => value);
    const stable = samples.map((sample) => sample.stable);
    const top = Math.max(...[...values, ...stable].filter((value) => value !== undefined), Number.MIN_VALUE);
    const course = [
      `new ${sparkline(values, top)} ${lastOf(values)}`,
      ...(metric.limits.stable ? [`stable ${sparkline(stable, top)} ${lastOf(stable)}`] : []),
    ];
    return [
      MARKS[verdict],
      md.text(metric.name),
      course.map((line) => md.code(line)).join('<br>'),
      md.text(limitText(metric.limits)),
      md.text(counts(samples)),
    ];
  });
  const table = md.table(['', 'Measure', 'Course', 'Limit', 'Samples'], rows);
  const body = [md.heading(4, title), table, md.details('Every sample', samplesTable(measured))].join('\n\n');
  return { title, body, priority: 6 };
}

function lastOf(values: readonly (number | undefined)[]): string {
  const last = values.findLast((value) => value !== undefined);
  return last === undefined ? 'no data' : figure(last);
}

function counts(samples: readonly Graded[]): string {
  return (['good', 'bad', 'unknown'] as const)
    .map((grade) => [samples.filter((sample) => sample.grade === grade).length, grade] as const)
    .filter(([count]) => count > 0)
    .map(([count, grade]) => `${count} ${grade === 'unknown' ? 'without data' : grade}`)
    .join(', ');
}

/** Rows of the table of samples; the newest, since they decided. */
const SHOWN = 60;

function samplesTable(measured: readonly Measured[]): string {
  const rows = measured
    .flatMap(({ metric, samples }) => samples.map((sample) => ({ metric, sample })))
    .toSorted((a, b) => a.sample.atMs - b.sample.atMs)
    .slice(-SHOWN)
    .map(({ metric, sample }) => [
      formatDuration(sample.atMs),
      md.text(metric.name),
      sample.value === undefined ? '–' : figure(sample.value),
      sample.stable === undefined ? '–' : figure(sample.stable),
      md.text(sample.why === '' ? sample.grade : `${sample.grade}: ${sample.why}`),
    ]);
  return md.table(['After', 'Measure', 'New', 'Stable', ''], rows);
}
