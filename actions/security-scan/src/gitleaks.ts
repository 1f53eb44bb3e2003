import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { context, type PullRequest } from '@fairway/action-kit';
import { run } from '@fairway/exec-kit';
import type { Finding } from '@fairway/reports/findings';
import { ensureTool } from '@fairway/tool-install';
import { fingerprint, fromRoot, list, parseReport, position, type Scope, string, tree } from './scanner.js';

/** Secrets, in the files and in the history that was fetched. The secret itself is never in what gitleaks hands over. */
export async function gitleaks(scope: Scope): Promise<Finding[]> {
  const { inputs } = scope;
  await ensureTool('gitleaks', { mirror: inputs.mirror });
  const report = join(scope.temp, 'gitleaks.json');
  const result = await run(
    'gitleaks',
    gitleaksArguments(report, existsSync(join(scope.root, '.git')), context().pullRequest),
    {
      cwd: inputs.folder,
      timeoutMs: inputs.timeoutMs,
      show: 'on-failure',
    },
  );
  const text = await readFile(report, 'utf8').catch(() => '');
  return readGitleaks(parseReport('gitleaks', text, result), scope);
}

/** Pure: what gitleaks is told. On a pull request only its own commits are looked through; else all that was fetched. */
export function gitleaksArguments(
  report: string,
  isRepository: boolean,
  pull: Pick<PullRequest, 'baseSha'> | undefined,
): string[] {
  const output = [
    '--report-format=json',
    `--report-path=${report}`,
    '--redact',
    '--exit-code=0',
    '--no-banner',
    '--no-color',
  ];
  if (!isRepository) return ['dir', ...output, '.'];
  const known = pull && /^[0-9a-f]{40}$/.test(pull.baseSha);
  return ['git', ...output, ...(known ? [`--log-opts=${pull.baseSha}..HEAD`] : []), '.'];
}

/** Reads gitleaks' JSON (v8: a list of objects with RuleID, File, StartLine, Commit, Fingerprint). */
export function readGitleaks(report: unknown, scope: Pick<Scope, 'root' | 'inputs'>): Finding[] {
  return list(report).map((item) => {
    const leak = tree(item);
    const commit = string(leak.Commit).slice(0, 12);
    const path = fromRoot(scope.root, join(scope.inputs.folder, string(leak.File)));
    return {
      scanner: 'gitleaks',
      rule: string(leak.RuleID) || 'secret',
      severity: 'critical',
      message: `${string(leak.Description) || 'A secret.'}${commit === '' ? '' : ` (in commit ${commit})`} Revoke it first: whoever could read the repository may have it; then remove it.`,
      path,
      startLine: position(leak.StartLine),
      endLine: position(leak.EndLine),
      startColumn: position(leak.StartColumn),
      fingerprint: fingerprint('gitleaks', string(leak.Fingerprint) || `${path}:${string(leak.RuleID)}`),
    };
  });
}
