import { md, type Section } from '@fairway/action-kit';
import { countBySeverity, type Finding, SEVERITIES, sorted } from './model.js';

/** The findings as sections of a summary or a comment: the counts, then a table for each severity, worst first. */
export function findingSections(findings: readonly Finding[]): Section[] {
  const counts = countBySeverity(findings);
  const found = SEVERITIES.filter((severity) => counts[severity] > 0);
  if (found.length === 0) return [{ title: 'counts', priority: 100, body: 'Nothing was found.' }];
  return [
    {
      title: 'counts',
      priority: 100,
      body: found.map((severity) => `**${counts[severity]}** ${severity}`).join(' · '),
    },
    ...found.map((severity, index) => ({
      title: `${severity} findings`,
      priority: 90 - index * 10,
      body: `${md.heading(4, severity)}\n\n${tableOf(findings.filter((finding) => finding.severity === severity))}`,
    })),
  ];
}

function tableOf(findings: readonly Finding[]): string {
  return md.table(
    ['Where', 'What', 'Rule'],
    sorted(findings).map((finding) => [
      md.code(`${finding.path}:${finding.startLine}`) +
        (finding.inside === undefined ? '' : `<br>${md.code(`/${finding.inside}`)}`),
      md.text(finding.message),
      `${md.text(finding.scanner)} ${finding.help === undefined ? md.text(finding.rule) : md.link(finding.rule, finding.help)}`,
    ]),
  );
}
