import { existsSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { ActionError, mask } from '@fairway/action-kit';

/** A secret that the build may mount. Its value never passes through an argv: buildx reads it where it is. */
export interface BuildSecret {
  readonly id: string;
  readonly from: { readonly env: string } | { readonly file: string };
}

/**
 * Reads `id=ENV_NAME` and `id=./file` lines. What has a `/` or begins with `.` is a file, relative to the workspace.
 * @throws ActionError 'bad-secret' when the variable is unset or the file is missing
 */
export function parseBuildSecrets(
  lines: readonly string[],
  env: Readonly<NodeJS.ProcessEnv>,
  workspace: string,
): BuildSecret[] {
  return lines.map((line) => {
    const found = /^([A-Za-z0-9_.-]+)=(.+)$/.exec(line);
    const [, id = '', source = ''] = found ?? [];
    // The line is not quoted back: somebody who misread this input has put the secret itself there.
    if (found === null) throw badSecret('A line is not of the form id=ENV_NAME or id=./file.');
    if (source.includes('/') || source.startsWith('.'))
      return { id, from: { file: fileOf(id, source, workspace) } };
    if (!/^[A-Za-z_]\w*$/.test(source)) {
      throw badSecret(`The secret '${id}' names neither an environment variable nor a file.`);
    }
    const value = env[source];
    if (!value)
      throw badSecret(`The secret '${id}' is to come from the variable ${source}, which is not set.`);
    mask(value);
    return { id, from: { env: source } };
  });
}

function fileOf(id: string, source: string, workspace: string): string {
  const path = isAbsolute(source) ? source : resolve(workspace, source);
  if (!existsSync(path))
    throw badSecret(`The secret '${id}' is to come from the file '${source}', which is missing.`);
  if (statSync(path).size <= SECRET_BYTES)
    for (const value of secretsIn(readFileSync(path, 'utf8'))) mask(value);
  return path;
}

/** The most that BuildKit takes as a secret. Source: moby/buildkit, session/secrets, MaxSecretSize. */
const SECRET_BYTES = 500 * 1024;

/**
 * What of a secret file must not be seen in a log: its lines, and the values in those of the usual formats, since a tool
 * prints the token and not the line of `.npmrc`, `.netrc`, an env file or JSON. Short ones are left: they hide nothing,
 * and would blot out the log.
 */
export function secretsIn(text: string): string[] {
  const found = text
    .split(/\r?\n/)
    .flatMap((line) => [
      line.trim(),
      /^(?:export\s+)?[^=\s]+\s*=\s*(.+)$/.exec(line.trim())?.[1]?.replace(/^(["'])(.*)\1$/, '$2') ?? '',
      ...[...line.matchAll(/\b(?:password|token)\s+(\S+)/gi), ...line.matchAll(/:\s*"([^"]+)"/g)].map(
        ([, value = '']) => value,
      ),
    ]);
  return [...new Set(found)].filter((value) => value.length >= 6);
}

function badSecret(message: string): ActionError {
  return new ActionError('bad-secret', message, {
    remedy: `Name where the value is, never the value:\n  secrets: npm-token=NPM_TOKEN\nand give it to the step under 'env:'  NPM_TOKEN: \${{ secrets.NPM_TOKEN }}`,
  });
}

/** Keys that look as if they carried a secret. Build arguments stay readable in the image's history and provenance. */
export function suspiciousKeys(keys: Iterable<string>): string[] {
  return [...keys].filter((key) =>
    /(?:^|[_-])(?:token|secret|password|passwd|pass|pwd|api_?key|private_?key|access_?key|credentials?|auth|pat)(?:$|[_-])/i.test(
      key,
    ),
  );
}
