import { ActionError, error, group, info, warning } from '@fairway/action-kit';
import { type RunResult, run } from '@fairway/exec-kit';
import { runHadolint } from '@fairway/scan-kit';
import type { BuildRun } from './build.js';
import { type BuildPlan, checkArguments, hiddenEnvironment } from './build-plan.js';
import type { Job } from './job.js';

/** A finding in the Dockerfile. */
export interface LintFinding {
  readonly rule: string;
  readonly message: string;
  readonly help: string;
  /** From 1. */
  readonly line?: number;
}

/** GitHub shows ten annotations of a kind for each step. */
const SHOWN = 10;

/**
 * Looks at the Dockerfile of the repository before it is built.
 * @throws ActionError 'dockerfile-findings' where `lint` is `fail` and there is one
 */
export async function lint({ inputs, where, account }: Job, plan: BuildPlan, how: BuildRun): Promise<void> {
  const { dockerfile } = how;
  if (dockerfile === undefined) {
    info('A Dockerfile that is not in the workspace is looked at by BuildKit alone.');
    return;
  }
  const fails = inputs.checks.lint === 'fail';
  await group('Dockerfile', async () => {
    const findings = [
      // Without `fail` they are shown by the build itself.
      ...(fails && plan.bake === undefined ? await buildkitFindings(plan, how) : []),
      ...(
        await runHadolint([dockerfile], {
          root: where.workspace,
          folder: where.workspace,
          mirror: inputs.scan.mirror,
          timeoutMs: how.timeoutMs,
        })
      ).map(({ rule, message, help, startLine }) => ({
        rule,
        message,
        help: help ?? '',
        ...(startLine !== undefined && { line: startLine }),
      })),
    ];
    for (const { rule, message, help, line } of findings.slice(0, SHOWN)) {
      (fails ? error : warning)(`${rule}: ${message}${help && `\n${help}`}`, {
        title: 'Dockerfile check',
        file: dockerfile,
        ...(line !== undefined && { startLine: line }),
      });
    }
    info(`${findings.length} findings in ${dockerfile}.`);
    if (!fails || findings.length === 0) {
      if (fails) account.checks.push('Dockerfile without findings');
      return;
    }
    throw new ActionError(
      'dockerfile-findings',
      `${dockerfile} has ${findings.length} findings: ${[...new Set(findings.map(({ rule }) => rule))].join(', ').slice(0, 300)}. Nothing was built.`,
      {
        remedy:
          'Mend what is annotated; or accept one on its line with  # hadolint ignore=RULE  or, at the top of the file,  # check=skip=RULE  for BuildKit.',
      },
    );
  });
}

async function buildkitFindings(plan: BuildPlan, how: BuildRun): Promise<LintFinding[]> {
  const result = await run(how.buildx, checkArguments(plan), {
    show: 'never',
    env: { ...how.env, ...hiddenEnvironment(plan) },
    timeoutMs: how.timeoutMs,
  });
  const findings = readCheck(result.stdout);
  if (findings === undefined || result.timedOut) throw unchecked(result, how);
  return findings;
}

/** A check that did not take place has not found nothing. */
function unchecked({ stderr, timedOut }: RunResult, { dockerfile }: BuildRun): ActionError {
  const said = timedOut ? 'it did not end in time' : stderr.trim().slice(-1500) || 'it said nothing';
  const line = /parse error on line (\d+)/.exec(stderr)?.[1];
  if (line !== undefined && dockerfile !== undefined)
    error(said, { title: 'Dockerfile', file: dockerfile, startLine: Number(line) });
  return new ActionError(
    'dockerfile-unchecked',
    `BuildKit's checks could not look at ${dockerfile}, so nothing was built: ${said}`,
    {
      remedy:
        "Mend the Dockerfile where a line is named. Else run the job again; buildx must know  --call  (0.17 or later), and the image of a '# syntax=' line must be there. lint: warn  does without these checks.",
    },
  );
}

/**
 * Reads what `buildx build --call=check,format=json` prints; undefined where that is no report, as where a Dockerfile
 * cannot be parsed. Source: moby/buildkit, frontend/subrequests/lint. Pure.
 */
export function readCheck(text: string): LintFinding[] | undefined {
  const warnings = warningsIn(text);
  return warnings?.map((one: Warning) => {
    const line = one.location?.ranges?.[0]?.start?.line;
    return {
      rule: String(one.ruleName ?? 'BuildKit'),
      message: String(one.detail || one.description || ''),
      help: String(one.url ?? ''),
      ...(Number.isInteger(line) && Number(line) > 0 && { line: Number(line) }),
    };
  });
}

/** No warnings are `null` there, or nothing at all. */
function warningsIn(text: string): readonly Warning[] | undefined {
  try {
    const report: unknown = JSON.parse(text);
    if (typeof report !== 'object' || report === null || Array.isArray(report)) return undefined;
    const { warnings = null, buildError } = report as { warnings?: unknown; buildError?: unknown };
    const found = warnings === null ? [] : Array.isArray(warnings) ? warnings : undefined;
    // With findings it may be what `# check=error=true` makes of them; without, the check broke off before it found any.
    return buildError && found?.length === 0 ? undefined : found;
  } catch {
    return undefined;
  }
}

interface Warning {
  readonly ruleName?: unknown;
  readonly description?: unknown;
  readonly detail?: unknown;
  readonly url?: unknown;
  readonly location?: { readonly ranges?: readonly { readonly start?: { readonly line?: unknown } }[] };
}
