import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { root } from './repository.ts';

let folder = '';
const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'pipe' });

/** A commit with that version, tagged with it. */
function release(version: string): void {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ version }));
  git('add', 'package.json');
  git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--message', version);
  git('tag', `v${version}`);
  git('update-ref', 'refs/remotes/origin/main', 'HEAD');
}

function judge(tag: string) {
  const output = join(folder, '.git/output');
  writeFileSync(output, '');
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/release.mjs')], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, GITHUB_REF_NAME: tag, GITHUB_OUTPUT: output },
  });
  return { status, stderr, output: readFileSync(output, 'utf8') };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairway-release-'));
  git('init', '--quiet', '--initial-branch=main');
  release('0.9.0');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('moves the tag of the major version to its newest', () => {
  release('0.10.0');
  expect(judge('v0.10.0')).toMatchObject({ status: 0, output: 'major=v0\n' });
});

it('leaves it with a newer one, where an older line is mended', () => {
  release('0.10.0');
  release('0.9.1');
  expect(judge('v0.9.1')).toMatchObject({ status: 0, output: 'major=\n' });
});

it('takes no other major for a newer one', () => {
  release('1.0.0');
  release('0.9.1');
  expect(judge('v0.9.1')).toMatchObject({ status: 0, output: 'major=v0\n' });
});

it.each([
  ['another version than package.json', 'v0.9.1', 'package.json says 0.9.0'],
  ['what is no version', 'nightly', 'is no version'],
])('refuses %s', (_what, tag, cause) => {
  expect(judge(tag)).toMatchObject({ status: 1, output: '', stderr: expect.stringContaining(cause) });
});

it('refuses a commit that is not on main', () => {
  release('0.10.0');
  git('update-ref', 'refs/remotes/origin/main', 'v0.9.0');
  const judged = judge('v0.10.0');
  expect(judged).toMatchObject({ status: 1, output: '', stderr: expect.stringContaining('not on main') });
});
