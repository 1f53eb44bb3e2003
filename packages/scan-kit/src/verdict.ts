import { ActionError, error, md, notice, type Section, warning } from '@fairway/action-kit';
import { type Finding, findingSections, reaches, type Severity } from '@fairway/reports/findings';
import type { Waiver } from './waivers.js';

/** The lowest severity that blocks. */
export type FailOn = Severity | 'never';

export interface Verdict {
  readonly result: 'passed' | 'blocked' | 'failed';
  readonly open: readonly Finding[];
  readonly waived: readonly Finding[];
  readonly expired: readonly Waiver[];
  /** The open findings that reach the threshold. */
  readonly blocking: readonly Finding[];
  /** What the step fails with. */
  readonly failure?: ActionError;
}

/**
 * Judges, pure. A scanner that did not run fails the step even when nothing was found: nothing was looked at.
 * @param input the name of the input that lists the scanners
 */
export function verdictOf(
  { open, waived, expired }: Pick<Verdict, 'open' | 'waived' | 'expired'>,
  broken: readonly string[],
  failOn: FailOn,
  input = 'scanners',
): Verdict {
  const blocking = failOn === 'never' ? [] : open.filter((finding) => reaches(finding.severity, failOn));
  const base = { open, waived, expired, blocking };
  if (broken.length > 0) {
    const failure = new ActionError('scanner-failed', `${broken.join(' and ')} could not run.`, {
      remedy: `See the errors above; to go on without them, leave them out of the input '${input}'.`,
    });
    return { ...base, result: 'failed', failure };
  }
  if (blocking.length > 0) {
    const failure = new ActionError('blocked', `${blocking.length} of the findings are ${failOn} or worse.`, {
      remedy:
        'Mend them (each annotation says what and where), or accept one for a time in .github/security-waivers.yml with owner, reason and expiry.',
    });
    return { ...base, result: 'blocked', failure };
  }
  if (expired.length > 0 && failOn !== 'never') {
    const names = expired
      .map(({ rule, owner, expires }) => `${rule} (${owner}, until ${expires})`)
      .join(', ');
    const failure = new ActionError('blocked', `Waivers have expired: ${names}.`, {
      remedy:
        'Ask their owners: mend what was waived and remove the entry, or give it a new expiry with a reason.',
    });
    return { ...base, result: 'blocked', failure };
  }
  return { ...base, result: 'passed' };
}

/** What GitHub shows of one step's annotations is ten of each kind; the rest is in the summary. */
const ANNOTATIONS_OF_A_KIND = 10;

/** The findings on their lines: what blocks as errors, the rest as warnings. */
export function annotate(verdict: Verdict): void {
  const blocking = new Set(verdict.blocking);
  const rest = verdict.open.filter((finding) => !blocking.has(finding));
  for (const [findings, print] of [
    [verdict.blocking, error],
    [rest, warning],
  ] as const) {
    for (const finding of findings.slice(0, ANNOTATIONS_OF_A_KIND)) {
      const { path, startLine, endLine } = finding;
      const title = `${finding.scanner}: ${finding.rule} (${finding.severity})`;
      print(finding.message, { title, file: path, startLine, endLine });
    }
    if (findings.length > ANNOTATIONS_OF_A_KIND) {
      notice(`${findings.length - ANNOTATIONS_OF_A_KIND} more findings of this kind are in the job summary.`);
    }
  }
}

/** The verdict as a summary or a comment. @param what was scanned */
export function sectionsOf(verdict: Verdict, what = 'Security'): Section[] {
  const mark = verdict.result === 'passed' ? '✅' : '❌';
  const why = verdict.failure ? ` ${md.text(verdict.failure.message)}` : '';
  return [
    {
      title: 'verdict',
      priority: 110,
      body: `${md.heading(3, `${mark} ${what}: ${verdict.result}`)}\n${why}`,
    },
    ...findingSections(verdict.open),
    ...(verdict.waived.length === 0
      ? []
      : [{ title: 'waived', priority: 10, body: `${verdict.waived.length} more are waived for a time.` }]),
  ];
}
