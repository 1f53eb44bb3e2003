import type { GitHubService } from '@fairway/testing';
import { expect, it } from 'vitest';
import { upsertComment } from '../src/index.ts';
import { ISSUE, serve } from './loopback.ts';

const TAG = '<!-- fairway:plan/staging -->';
const NOW = '2026-01-01T00:00:00Z';

function write(service: GitHubService, body: string, user: string): void {
  const id = service.state.nextId();
  service.state.comments.push({ id, issue: 7, body, user, created_at: NOW, updated_at: NOW });
}
const bodies = (service: GitHubService) => service.state.comments.map(({ body }) => body);

it('creates one comment, then keeps it up to date', async () => {
  const { service, github } = await serve();
  const first = await upsertComment(github, ISSUE, 'plan/staging', 'one');
  const second = await upsertComment(github, ISSUE, 'plan/staging', 'two');
  const other = await upsertComment(github, ISSUE, 'plan/production', 'three');
  expect([first.created, second.created, other.created]).toEqual([true, false, true]);
  expect(second.id).toBe(first.id);
  expect(first.url).toContain(`#issuecomment-${first.id}`);
  expect(bodies(service)).toEqual([`${TAG}\ntwo`, '<!-- fairway:plan/production -->\nthree']);
});

it('finds it beyond the first hundred comments', async () => {
  const { service, github } = await serve();
  for (let index = 0; index < 250; index++) write(service, `comment ${index}`, 'octocat');
  write(service, `${TAG}\nold`, 'github-actions[bot]');
  expect(await upsertComment(github, ISSUE, 'plan/staging', 'new')).toMatchObject({ created: false });
  expect(service.state.comments).toHaveLength(251);
  expect(bodies(service).at(-1)).toBe(`${TAG}\nnew`);
});

it('does not take over a stranger’s copy, nor one that only quotes the marker', async () => {
  const { service, github } = await serve();
  write(service, `${TAG}\nApproved!`, 'mallory');
  write(service, `> ${TAG}\nquoted`, 'github-actions[bot]');
  expect(await upsertComment(github, ISSUE, 'plan/staging', 'ours')).toMatchObject({ created: true });
  expect(bodies(service)).toEqual([`${TAG}\nApproved!`, `> ${TAG}\nquoted`, `${TAG}\nours`]);
});

it('leaves one comment of two runs at once', async () => {
  const { service, github } = await serve();
  await Promise.all([
    upsertComment(github, ISSUE, 'plan/staging', 'one'),
    upsertComment(github, ISSUE, 'plan/staging', 'two'),
  ]);
  expect(service.state.comments).toHaveLength(1);
  expect(bodies(service)[0]).toMatch(new RegExp(`^${TAG}\n(one|two)$`));
});

it('cannot be made to close its marker early, nor to be too long', async () => {
  const { service, github } = await serve();
  await upsertComment(github, ISSUE, 'x --> @octocat <!--', '😀'.repeat(40_000));
  const body = bodies(service)[0] ?? '';
  expect(body.split('\n')[0]).toMatch(/^<!-- fairway:x-+octocat-+ -->$/);
  expect(body.length).toBeLessThanOrEqual(65_535);
  expect(body.isWellFormed()).toBe(true);
});
