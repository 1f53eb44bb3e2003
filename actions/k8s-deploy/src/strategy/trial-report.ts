import { md, type Section } from '@fairway/action-kit';
import { analysisSection } from '../analysis/chart.js';
import type { Trial } from './trial.js';

/** The trial for the summary: its stages in a line each, then what was measured in them, the last one first. */
export function trialSections(trial: Trial | undefined): Section[] {
  if (trial === undefined || trial.contenders.length === 0) return [];
  const names = trial.contenders.map(
    ({ candidate, stable }) => `${md.code(candidate.metadata.name)} beside ${md.code(stable.metadata.name)}`,
  );
  const rows = trial.stages.map(({ title, share, by, analysis }) => [
    analysis?.verdict === 'pass' ? '🟢' : analysis?.verdict === 'fail' ? '🔴' : '⚪',
    md.text(title),
    `${share} % by ${by}`,
  ]);
  const head = [md.heading(3, 'On trial'), names.join(', ')];
  if (rows.length > 0) head.push(md.table(['', 'Stage', 'Of the requests'], rows));
  const details = trial.stages.toReversed().flatMap(({ title, analysis }) => {
    return analysis ? [analysisSection(title, analysis)] : [];
  });
  return [{ title: 'trial', body: head.join('\n\n'), priority: 7 }, ...details];
}
