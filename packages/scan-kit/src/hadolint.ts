import { join } from 'node:path';
import { run } from '@fairway/exec-kit';
import type { Finding, Severity } from '@fairway/reports/findings';
import { ensureTool } from '@fairway/tool-install';
import { fingerprint, fromRoot, list, parseReport, position, refuseBroken, string, tree } from './report.js';

export interface HadolintRun {
  /** The repository's root, absolute: findings are told relative to it. */
  readonly root: string;
  /** Absolute; the files are relative to it, and hadolint reads its `.hadolint.yaml`. */
  readonly folder: string;
  readonly mirror: string;
  readonly timeoutMs: number;
}

/** Dockerfiles, by hadolint's rules and ShellCheck's on their RUN lines. */
export async function runHadolint(files: readonly string[], where: HadolintRun): Promise<Finding[]> {
  await ensureTool('hadolint', { mirror: where.mirror });
  const result = await run('hadolint', ['--format=json', '--no-fail', '--', ...files], {
    cwd: where.folder,
    timeoutMs: where.timeoutMs,
    captureBytes: 64 * 1024 * 1024,
    show: 'never',
  });
  refuseBroken('hadolint', result);
  return readHadolint(parseReport('hadolint', result.stdout, result), where);
}

const SEVERITY: Readonly<Record<string, Severity>> = {
  error: 'high',
  warning: 'medium',
  info: 'low',
  style: 'info',
};

/** Reads hadolint's `json`: a list of {file, line, column, code, level, message}. */
export function readHadolint(report: unknown, where: Pick<HadolintRun, 'root' | 'folder'>): Finding[] {
  return list(report)
    .map(tree)
    .map((item) => {
      const rule = string(item.code);
      const path = fromRoot(where.root, join(where.folder, string(item.file)));
      return {
        scanner: 'hadolint',
        rule,
        severity: SEVERITY[string(item.level)] ?? 'medium',
        message: string(item.message),
        help: rule.startsWith('SC')
          ? `https://www.shellcheck.net/wiki/${encodeURIComponent(rule)}`
          : `https://github.com/hadolint/hadolint/wiki/${encodeURIComponent(rule)}`,
        path,
        startLine: position(item.line),
        endLine: position(item.line),
        startColumn: position(item.column),
        fingerprint: fingerprint('hadolint', rule, path, string(item.message)),
      };
    });
}
