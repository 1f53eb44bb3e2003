import { info } from '@fairway/action-kit';
import type { Finding } from '@fairway/reports/findings';
import { runHadolint } from '@fairway/scan-kit';
import { filesBelow } from './files.js';
import type { Scope } from './scanner.js';

/** Dockerfiles, by hadolint's rules and ShellCheck's on their RUN lines. */
export async function hadolint(scope: Scope): Promise<Finding[]> {
  const { folder, mirror, timeoutMs } = scope.inputs;
  const files = await filesBelow(folder, isDockerfile);
  if (files.length === 0) {
    info('There is no Dockerfile for hadolint.');
    return [];
  }
  return runHadolint(files, { root: scope.root, folder, mirror, timeoutMs });
}

/** Programs and pages about Dockerfiles: `dockerfile.go`. A file that is named for a language has a capital: `Dockerfile.go`. */
const SOURCE =
  /^(?:docker|container)file(?:\.[\w.-]+)?\.(?:[cm]?[jt]sx?|go|py|rb|rs|java|kt|cs|php|md|json|ya?ml)$/;

/** By the names that tools and people give them, in any case: `Dockerfile.prod`, `api.dockerfile`. */
export function isDockerfile(name: string): boolean {
  return (
    /^(?:dockerfile|containerfile)(?:\.[\w.-]+)?$|\.(?:dockerfile|containerfile)$/i.test(name) &&
    !name.endsWith('.dockerignore') &&
    !SOURCE.test(name)
  );
}
