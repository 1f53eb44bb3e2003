import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { ConsumerRepository } from '../src/engine/consumer.ts';
import { git } from '../src/engine/git.ts';
import { amend, propose, pullRequestPayload, withdraw } from '../src/engine/proposal.ts';
import { notChecked, notCommented, writtenByFirst } from '../src/flow/github-findings.ts';

async function repository(): Promise<ConsumerRepository> {
  const folder = await mkdtemp(join(tmpdir(), 'fairway-proposal-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await git(folder, 'init', '--quiet', '--initial-branch', 'main');
  await writeFile(join(folder, 'a.txt'), 'one\ntwo\n');
  await git(folder, 'add', '--all');
  await git(folder, 'commit', '--quiet', '--message', 'first');
  return { folder, slug: 'acme/app', branch: 'main', registry: '' };
}

it('a pull request is merged as GitHub merges it for the run, and leaves nothing behind', async () => {
  const team = await repository();
  const base = await git(team.folder, 'rev-parse', 'HEAD');
  const proposal = await propose(team, {
    number: 3,
    title: 'More',
    branch: 'more',
    from: 'stranger/app',
    edits: [
      { file: 'a.txt', change: (before) => before.replace('two', 'three') },
      { file: 'b.txt', change: () => 'new\n' },
    ],
  });
  expect(await git(team.folder, 'rev-parse', 'HEAD')).toBe(proposal.merge);
  expect(await git(team.folder, 'rev-list', '--parents', '-1', 'HEAD')).toBe(
    `${proposal.merge} ${base} ${proposal.head}`,
  );
  expect(proposal.changedFiles).toEqual([
    {
      filename: 'a.txt',
      status: 'modified',
      additions: 1,
      deletions: 1,
      patch: '@@ -1,2 +1,2 @@\n one\n-two\n+three',
    },
    { filename: 'b.txt', status: 'added', additions: 1, deletions: 0, patch: '@@ -0,0 +1 @@\n+new' },
  ]);
  expect(pullRequestPayload(team, proposal, 'stranger', 'https://github.com')).toMatchObject({
    pull_request: {
      head: { sha: proposal.head, label: 'stranger:more', repo: { full_name: 'stranger/app' } },
      base: { sha: base, ref: 'main', repo: { full_name: 'acme/app' } },
    },
  });
  await withdraw(team, proposal);
  expect(await git(team.folder, 'rev-parse', 'HEAD')).toBe(base);
  expect(await git(team.folder, 'branch', '--format', '%(refname:short)')).toBe('main');
});

it('a further commit is merged anew into the same base, and a closed one says so', async () => {
  const team = await repository();
  const edit = (change: (before: string) => string) => [{ file: 'a.txt', change }];
  const first = await propose(team, {
    ...{ number: 3, title: 'More', branch: 'more', from: team.slug },
    edits: edit((before) => before.replace('two', 'three')),
  });
  const second = await amend(
    team,
    first,
    edit((before) => before.replace('three', 'four')),
  );
  expect(await git(team.folder, 'rev-list', '--parents', '-1', 'HEAD')).toBe(
    `${second.merge} ${first.base} ${second.head}`,
  );
  expect(await git(team.folder, 'rev-parse', `${second.head}^`)).toBe(first.head);
  expect(second.changedFiles[0]?.patch).toContain('+four');
  const payload = pullRequestPayload(team, second, 'robin', 'https://github.com', 'closed');
  expect(payload).toMatchObject({
    action: 'closed',
    pull_request: { state: 'closed', updated_at: second.changedAt, head: { sha: second.head } },
  });
});

it('comments and checks are looked for where they belong', () => {
  const comment = { issue: 8, body: '<!-- fairway:test-runner:x -->\nTests: passed' };
  const check = { name: 'x', headSha: 'a', conclusion: 'success' };
  const nothing = { comments: [], checks: [], scans: 0, deployments: [] };
  const last = { ...nothing, comments: [comment], checks: [check] };
  const world = { commit: 'a', proposal: 8, written: { before: nothing, first: nothing, last } };
  expect(notCommented(world, 'test-runner', ['passed'])).toBeUndefined();
  expect(notCommented(world, 'test-runner', ['failed'])).toContain('it says');
  expect(notCommented({ ...world, proposal: 7 }, 'test-runner', [])).toContain('there is none');
  expect(notChecked(world, 'x', 'success')).toBeUndefined();
  expect(notChecked(world, 'x', 'failure')).toContain('success');
  expect(notChecked({ ...world, commit: 'b' }, 'x', 'success')).toContain('checks of other commits: a');
  expect(notChecked(world, 'y', 'success')).toBe('there is none');
  expect(writtenByFirst(world)).toBeUndefined();
  expect(writtenByFirst({ ...world, written: { ...world.written, first: last } })).toContain('the check x');
});
