import { context, info, messageOf } from '@fairway/action-kit';
import { query } from '@fairway/exec-kit';
import type { Inputs } from './inputs.js';
import type { Subject } from './subject.js';

/** Lines of the new version that a change added or altered, by path relative to the repository. */
export type Changes = ReadonlyMap<string, ReadonlySet<number>>;

/**
 * What the pull request changes: from Git where both commits are there (fetch-depth: 0), else from GitHub's API.
 * Undefined outside of a pull request, and where neither can tell.
 */
export async function readChanges(inputs: Inputs, { pull, sha }: Subject): Promise<Changes | undefined> {
  const { workspace } = context();
  if (!pull) return undefined;
  try {
    const range = `${pull.baseSha}...${sha}`;
    const args = [
      '-c',
      'safe.directory=*',
      'diff',
      '--unified=0',
      '--no-color',
      '--no-ext-diff',
      '--no-prefix',
      range,
    ];
    if (/^[0-9a-f.]+$/.test(range)) return parseDiff(await query('git', args, { cwd: workspace }));
  } catch {
    info('Git does not have both commits of the pull request; its changes are asked from GitHub.');
  }
  return inputs.token === '' ? undefined : fromGitHub(inputs.token, pull.number);
}

async function fromGitHub(token: string, number: number): Promise<Changes | undefined> {
  try {
    const { openGitHub } = await import('@fairway/github-kit');
    const { owner, repo } = context();
    const github = openGitHub(token);
    const files = await github.paginate(github.rest.pulls.listFiles, {
      owner,
      repo,
      pull_number: number,
      per_page: 100,
    });
    return new Map(files.map(({ filename, patch }) => [filename, addedLines(patch ?? '')]));
  } catch (error) {
    info(`The changes of the pull request are not known: ${messageOf(error)}`);
    return undefined;
  }
}

/** A unified diff without prefixes, as lines by file. */
export function parseDiff(diff: string): Changes {
  const out = new Map<string, Set<number>>();
  for (const part of diff.split(/^diff --git /m).slice(1)) {
    const hunks = part.indexOf('\n@@ ');
    // The header's own line: a name, or an added line, may look like one.
    const file = /\n\+\+\+ ([^\n]+?)\t?$/.exec(part.slice(0, Math.max(0, hunks)))?.[1];
    if (file !== undefined && file !== '/dev/null')
      out.set(unquoted(file), addedLines(part.slice(hunks + 1)));
  }
  return out;
}

/** Git quotes names with special characters, in C's way. */
function unquoted(name: string): string {
  if (!name.startsWith('"')) return name;
  const bytes: number[] = [];
  for (const [, octal, escaped, plain] of name.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\])/gsu)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else
      bytes.push(
        ...Buffer.from(plain ?? (escaped === 't' ? '\t' : escaped === 'n' ? '\n' : (escaped ?? ''))),
      );
  }
  return Buffer.from(bytes).toString('utf8');
}

/** The added lines of a patch's hunks, by their numbers in the new version. */
export function addedLines(patch: string): Set<number> {
  const out = new Set<number>();
  let line = 0;
  for (const row of patch.split('\n')) {
    const start = /^@@ -\S+ \+(\d+)/.exec(row)?.[1];
    if (start !== undefined) line = Number(start);
    else if (row.startsWith('+')) out.add(line++);
    else if (row.startsWith(' ')) line++;
  }
  return out;
}
