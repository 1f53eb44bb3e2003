import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ActionError, context, info } from '@fairway/action-kit';
import { type RunResult, run } from '@fairway/exec-kit';
import type { Finding } from '@fairway/reports/findings';
import { fingerprint, fromRoot, leaksIn, parseReport, quietly } from '@fairway/scan-kit';
import { ensureTool } from '@fairway/tool-install';
import type { Scope } from './scanner.js';

/** Secrets, in the files and in the history that was fetched. The secret itself is never in what gitleaks hands over. */
export async function gitleaks(scope: Scope): Promise<Finding[]> {
  const { inputs } = scope;
  await ensureTool('gitleaks', { mirror: inputs.mirror });
  const report = join(scope.temp, 'gitleaks.json');
  const inHistory = existsSync(join(scope.root, '.git'));
  const args = gitleaksArguments(report, inHistory, inHistory ? await knownBase(scope.root) : undefined);
  const result = await run('gitleaks', args, {
    cwd: inputs.folder,
    timeoutMs: inputs.timeoutMs,
    show: 'on-failure',
    env: ownCheckout(scope.root),
  });
  refuseUnread(result);
  const text = await readFile(report, 'utf8').catch(() => '');
  // In a history paths begin at the repository's root, wherever gitleaks was started.
  return readGitleaks(parseReport('gitleaks', text, result), scope.root, inHistory ? '.' : inputs.folder);
}

/** Pure: what gitleaks is told. On a pull request only its own commits are looked through; else all that was fetched. */
export function gitleaksArguments(report: string, inHistory: boolean, base: string | undefined): string[] {
  const output = quietly(report);
  if (!inHistory) return ['dir', ...output, '.'];
  return ['git', ...output, ...(base === undefined ? [] : [`--log-opts=${base}..HEAD`]), '.'];
}

/**
 * In a job with a container the checkout belongs to another user, and git would not look at it.
 * Source: git-config(1), GIT_CONFIG_COUNT, and safe.directory, which counts in the scope of a command too.
 */
function ownCheckout(root: string): Record<string, string> {
  return { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: root };
}

/** The commit that a pull request goes out from, where it was fetched: from one that is not there git lists nothing. */
async function knownBase(root: string): Promise<string | undefined> {
  const base = context().pullRequest?.baseSha ?? '';
  if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(base)) return undefined;
  const { exitCode } = await run('git', ['cat-file', '-e', `${base}^{commit}`], {
    cwd: root,
    show: 'never',
    env: ownCheckout(root),
  });
  if (exitCode === 0) return base;
  info(`The base ${base.slice(0, 12)} was not fetched (fetch-depth: 0), so all that was is looked through.`);
  return undefined;
}

/**
 * gitleaks ends with 0 and an empty report when git itself could read nothing: nobody looked, which is not "no secret".
 * @throws ActionError 'scanner-failed'
 */
export function refuseUnread({ exitCode, stderr }: Pick<RunResult, 'exitCode' | 'stderr'>): void {
  const fatal = /\[git\] (fatal: .*)/.exec(stderr)?.[1];
  if (fatal === undefined && exitCode === 0) return;
  const said = fatal ?? (stderr.trim().slice(-2000) || 'nothing');
  throw new ActionError('scanner-failed', `gitleaks could not look through the history: ${said}`, {
    remedy:
      'Let actions/checkout run before this step, with  fetch-depth: 0  . If it is the configuration, mend .gitleaks.toml where the message says.',
  });
}

/** @param folder what the report's paths count from, relative to the root or absolute */
export function readGitleaks(report: unknown, root: string, folder: string): Finding[] {
  return leaksIn(report).map((leak) => {
    const commit = leak.commit.slice(0, 12);
    const path = fromRoot(root, resolve(root, folder, leak.file));
    return {
      scanner: 'gitleaks',
      rule: leak.rule,
      severity: 'critical',
      message: `${leak.description}${commit === '' ? '' : ` (in commit ${commit})`} Revoke it first: whoever could read the repository may have it; then remove it.`,
      path,
      startLine: leak.startLine,
      endLine: leak.endLine,
      startColumn: leak.startColumn,
      fingerprint: fingerprint('gitleaks', leak.fingerprint || `${path}:${leak.rule}`),
    };
  });
}
