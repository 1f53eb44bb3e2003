import {
  ActionError,
  COMMENT_CHARACTERS,
  type Context,
  error,
  fitSections,
  md,
  notice,
  type Section,
  warning,
} from '@fairway/action-kit';
import { type Finding, findingSections, reaches } from '@fairway/reports/findings';
import type { Inputs, ScannerName } from './inputs.js';
import { fromRoot } from './scanner.js';
import type { Waiver } from './waivers.js';

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

/** Judges, pure. A scanner that did not run fails the step even when nothing was found: nothing was looked at. */
export function verdictOf(
  { open, waived, expired }: Pick<Verdict, 'open' | 'waived' | 'expired'>,
  broken: readonly ScannerName[],
  failOn: Inputs['failOn'],
): Verdict {
  const blocking = failOn === 'never' ? [] : open.filter((finding) => reaches(finding.severity, failOn));
  const base = { open, waived, expired, blocking };
  if (broken.length > 0) {
    const failure = new ActionError('scanner-failed', `${broken.join(' and ')} could not run.`, {
      remedy: `See the errors above; to go on without them, leave them out of the input 'scanners'.`,
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

/** The verdict as a summary or a comment. */
export function sectionsOf(verdict: Verdict): Section[] {
  const mark = verdict.result === 'passed' ? '✅' : '❌';
  const why = verdict.failure ? ` ${md.text(verdict.failure.message)}` : '';
  return [
    {
      title: 'verdict',
      priority: 110,
      body: `${md.heading(3, `${mark} Security: ${verdict.result}`)}\n${why}`,
    },
    ...findingSections(verdict.open),
    ...(verdict.waived.length === 0
      ? []
      : [{ title: 'waived', priority: 10, body: `${verdict.waived.length} more are waived for a time.` }]),
  ];
}

/** Tells GitHub, as far as the token may: code scanning, and one comment that is kept up to date. */
export async function tell(inputs: Inputs, here: Context, verdict: Verdict, sarif: string): Promise<void> {
  const pull = here.pullRequest;
  const comment = inputs.comment && pull !== undefined;
  if (inputs.token === '' || !(inputs.uploadSarif || comment)) return;
  const { openGitHub, unlessDenied, uploadSarif, upsertComment } = await import('@fairway/github-kit');
  const github = openGitHub(inputs.token);
  const { owner, repo } = here;
  if (inputs.uploadSarif) {
    const upload = { owner, repo, commitSha: here.sha, ref: here.ref, sarif };
    await unlessDenied('Code scanning', 'security-events: write', () => uploadSarif(github, upload));
  }
  if (comment) {
    const body = fitSections(sectionsOf(verdict), COMMENT_CHARACTERS - 100).text;
    await unlessDenied('The comment', 'pull-requests: write', () =>
      upsertComment(github, { owner, repo, number: pull.number }, markerOf(inputs, here), body),
    );
  }
}

/** One comment for each folder that is scanned: the applications of one repository keep theirs apart. */
function markerOf(inputs: Inputs, here: Context): string {
  const folder = fromRoot(here.workspace, inputs.folder);
  return folder === '.' ? 'security-scan' : `security-scan:${folder}`;
}
