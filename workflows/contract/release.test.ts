import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root, workflow } from './repository.ts';

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

describe('publishing', () => {
  const [step] = workflow('.github/workflows/self-release.yml').jobs.publish?.steps ?? [];

  /** What the step asks of `gh`, which refuses what the pattern says. */
  function asked(refuses: string, major: string) {
    writeFileSync(
      join(folder, 'gh'),
      `#!/bin/sh\necho "$1 $2 $3 $4" >> ${folder}/asked\n! echo "$*" | grep -qE '${refuses}'\n`,
    );
    chmodSync(join(folder, 'gh'), 0o755);
    const { status } = spawnSync('bash', ['-e', '-c', step?.run ?? ''], {
      env: {
        PATH: `${folder}:${process.env.PATH}`,
        GITHUB_REF_NAME: 'v0.9.0',
        GITHUB_REPOSITORY: 'acme/fairway',
        GITHUB_SHA: 'a'.repeat(40),
        MAJOR: major,
      },
    });
    return { status, asked: readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n') };
  }
  const [view, create] = ['release view v0.9.0 --repo', 'release create v0.9.0 --repo'];
  const [move, make] = ['PATCH repos/acme/fairway/git/refs/tags/v0', 'POST repos/acme/fairway/git/refs'];

  it.each([
    [
      'makes the release, and the tag of its major version',
      'view|PATCH',
      'v0',
      [view, create, `api --method ${move}`, `api --method ${make}`],
      0,
    ],
    ['moves that tag where there is one', 'view', 'v0', [view, create, `api --method ${move}`], 0],
    ['makes no second release when it is run again', 'nothing', 'v0', [view, `api --method ${move}`], 0],
    ['leaves that tag with a newer version', 'view', '', [view, create], 0],
    ['moves nothing to what could not be released', 'view|create', 'v0', [view, create], 1],
  ])('%s', (_what, refuses, major, questions, status) => {
    expect(asked(refuses, major)).toEqual({ status, asked: questions });
  });
});
