import { md, type Section } from '@fairway/action-kit';
import { percentText, ranges } from '../coverage/model.js';
import type { Story } from './story.js';

/** Coverage now and before, with the changed lines that no test ran; nothing where nothing was measured. */
export function coverageSection({ coverage, before }: Story): Section[] {
  if (!coverage || (coverage.total === undefined && coverage.patch === undefined)) return [];
  const rows = [
    ...(coverage.total === undefined
      ? []
      : [['All lines', share(coverage.total), before?.coverage === undefined ? '' : share(before.coverage)]]),
    ...(coverage.patch === undefined ? [] : [['Changed lines', share(coverage.patch), '']]),
  ];
  const missed = [...coverage.missed]
    .slice(0, 30)
    .map(([file, lines]) => `- ${md.code(file)} lines ${ranges(lines)}`);
  const list =
    missed.length === 0 ? '' : `\n\n${md.details('Changed lines that no test ran', missed.join('\n'))}`;
  return [
    {
      title: 'coverage',
      priority: 65,
      body: `### Coverage\n\n${md.table(['', 'now', 'before'], rows)}${list}`,
    },
  ];
}

function share(percent: number): string {
  return `${percentText(percent)} %`;
}
