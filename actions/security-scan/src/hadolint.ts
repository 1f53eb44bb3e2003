import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { info } from '@fairway/action-kit';
import { run } from '@fairway/exec-kit';
import type { Finding, Severity } from '@fairway/reports/findings';
import { fingerprint, fromRoot, list, parseReport, position, string, tree } from '@fairway/scan-kit';
import { ensureTool } from '@fairway/tool-install';
import type { Scope } from './scanner.js';

/** Dockerfiles, by hadolint's rules and ShellCheck's on their RUN lines. */
export async function hadolint(scope: Scope): Promise<Finding[]> {
  const files = await dockerfiles(scope.inputs.folder);
  if (files.length === 0) {
    info('There is no Dockerfile for hadolint.');
    return [];
  }
  await ensureTool('hadolint', { mirror: scope.inputs.mirror });
  const result = await run('hadolint', ['--format=json', '--no-fail', '--', ...files], {
    cwd: scope.inputs.folder,
    timeoutMs: scope.inputs.timeoutMs,
    captureBytes: 64 * 1024 * 1024,
    show: 'never',
  });
  return readHadolint(parseReport('hadolint', result.stdout, result), scope);
}

const SEVERITY: Readonly<Record<string, Severity>> = {
  error: 'high',
  warning: 'medium',
  info: 'low',
  style: 'info',
};

/** Reads hadolint's `json`: a list of {file, line, column, code, level, message}. */
export function readHadolint(report: unknown, scope: Pick<Scope, 'root' | 'inputs'>): Finding[] {
  return list(report)
    .map(tree)
    .map((item) => {
      const rule = string(item.code);
      const path = fromRoot(scope.root, join(scope.inputs.folder, string(item.file)));
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

const SKIPPED: ReadonlySet<string> = new Set([
  'node_modules',
  '.git',
  'vendor',
  'dist',
  'target',
  '.terraform',
]);

/** Dockerfiles below a folder, relative to it, by the names that tools give them. */
export async function dockerfiles(folder: string, below = folder): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(below, { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) found.push(...(await dockerfiles(folder, path)));
    if (entry.isFile() && /^(Dockerfile|Containerfile)(\.[\w-]+)?$|\.Dockerfile$/.test(entry.name)) {
      found.push(relative(folder, path));
    }
  }
  return found.filter((path) => !path.endsWith('.dockerignore')).toSorted();
}
