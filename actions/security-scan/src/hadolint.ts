import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { info } from '@fairway/action-kit';
import type { Finding } from '@fairway/reports/findings';
import { runHadolint } from '@fairway/scan-kit';
import type { Scope } from './scanner.js';

/** Dockerfiles, by hadolint's rules and ShellCheck's on their RUN lines. */
export async function hadolint(scope: Scope): Promise<Finding[]> {
  const files = await dockerfiles(scope.inputs.folder);
  if (files.length === 0) {
    info('There is no Dockerfile for hadolint.');
    return [];
  }
  const { folder, mirror, timeoutMs } = scope.inputs;
  return runHadolint(files, { root: scope.root, folder, mirror, timeoutMs });
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
