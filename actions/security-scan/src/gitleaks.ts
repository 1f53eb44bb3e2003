import { existsSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ActionError, info } from '@fairway/action-kit';
import { type RunResult, run } from '@fairway/exec-kit';
import type { Finding } from '@fairway/reports/findings';
import {
  fingerprint,
  fromRoot,
  leaksIn,
  parseReport,
  quietly,
  refuseStopped,
  SAID_BYTES,
} from '@fairway/scan-kit';
import { ensureTool } from '@fairway/tool-install';
import { type History, logOptions, MERGED, openHistory } from './history.js';
import type { Scope } from './scanner.js';

/** Secrets, in the files and in the history that was fetched. The secret itself is never in what gitleaks hands over. */
export async function gitleaks(scope: Scope): Promise<Finding[]> {
  const { inputs, root } = scope;
  await ensureTool('gitleaks', { mirror: inputs.mirror });
  const report = join(scope.temp, 'gitleaks.json');
  const history = existsSync(join(root, '.git')) ? await openHistory(root, scope.temp) : undefined;
  if (history) await bringSettings(inputs.folder, history);
  else info('The workspace is no git checkout: only the files are looked through.');
  const range = history && (await logOptions(history));
  const result = await run(
    'gitleaks',
    gitleaksArguments(report, history && range && { from: history.folder, range }),
    {
      // What the settings extend is looked for from here.
      cwd: inputs.folder,
      timeoutMs: inputs.timeoutMs,
      captureBytes: SAID_BYTES,
      show: 'on-failure',
      ...(history && { env: history.env }),
    },
  );
  refuseStopped('gitleaks', result);
  refuseUnread(result);
  const text = await readFile(report, 'utf8').catch(() => '');
  // In a history paths begin at the repository's root, wherever gitleaks was started.
  return readGitleaks(parseReport('gitleaks', text, result), root, history ? '.' : inputs.folder);
}

/** Pure: what gitleaks is told. @param history what `git log` shows, read from a folder; without it files are looked through */
export function gitleaksArguments(
  report: string,
  history: { readonly from: string; readonly range: readonly string[] } | undefined,
): string[] {
  const output = quietly(report);
  return history === undefined
    ? ['dir', ...output, '.']
    : ['git', ...output, `--log-opts=${history.range.join(' ')}`, history.from];
}

/** gitleaks reads its settings where it looks, and the history has a folder of its own. */
async function bringSettings(from: string, { folder }: History): Promise<void> {
  for (const name of ['.gitleaks.toml', '.gitleaksignore']) {
    const settings = join(from, name);
    if (existsSync(settings)) await copyFile(settings, join(folder, name));
  }
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
    const file = leak.file.startsWith(MERGED) ? leak.file.slice(MERGED.length) : leak.file;
    const path = fromRoot(root, resolve(root, folder, file));
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
