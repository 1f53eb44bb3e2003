import { afterEach, describe, expect, it, vi } from 'vitest';
import { openGitHub, statusOf, unlessDenied, upsertComment } from '../src/index.ts';
import { ISSUE, sent, serve } from './loopback.ts';

afterEach(() => vi.restoreAllMocks());

/** What is printed from now on. */
function listen(): () => string {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  return () => write.mock.calls.map(([chunk]) => String(chunk)).join('');
}

it('needs a token, and says which', () => {
  expect(() => openGitHub('')).toThrow(
    expect.objectContaining({ code: 'no-token', remedy: expect.stringContaining('${{ github.token }}') }),
  );
});

it('talks to the server that GITHUB_API_URL names when it is opened', async () => {
  const first = await serve({ token: 'ghs_token' });
  const second = await serve({ token: 'ghs_token' });
  for (const { github, service } of [first, second]) {
    await upsertComment(github, ISSUE, 'm', 'x');
    expect(service.state.comments).toHaveLength(1);
  }
});

describe('what is GitHub’s own trouble', () => {
  it.each([
    { kind: 'error' },
    { kind: 'unavailable' },
    { kind: 'secondary-limit', retryAfterSeconds: 1 },
  ] as const)('is tried again: $kind', async (fault) => {
    const { service, github } = await serve();
    service.fail({ ...fault, operation: 'issues/create-comment' });
    expect(await upsertComment(github, ISSUE, 'm', 'x')).toMatchObject({ created: true });
    expect(service.state.comments).toHaveLength(1);
    expect(sent(service).filter((line) => line.startsWith('POST'))).toHaveLength(2);
  });

  it('is told at last, with what to do', async () => {
    const { service, github } = await serve();
    service.fail({ kind: 'secondary-limit', times: 9, retryAfterSeconds: 1 });
    const output = listen();
    const telling = unlessDenied('The comment', 'pull-requests: write', () =>
      upsertComment(github, ISSUE, 'm', 'x'),
    );
    await expect(telling).rejects.toMatchObject({
      code: 'github-api',
      remedy: expect.stringContaining('again in some minutes'),
    });
    expect(service.requests).toHaveLength(3);
    expect(output()).toContain('GitHub asks to slow down: GET');
  });
});

it('does not sit out an hour', async () => {
  const { service, github } = await serve();
  service.fail({ kind: 'secondary-limit', retryAfterSeconds: 3000 });
  const output = listen();
  await expect(upsertComment(github, ISSUE, 'm', 'x')).rejects.toMatchObject({ status: 403 });
  expect(service.requests).toHaveLength(1);
  expect(output()).toContain('not tried again (it asks for 3000 s)');
});

describe('unlessDenied', () => {
  it.each([
    ['403', { deny: ['issues:write', 'pull-requests:write'] }, 7],
    ['404', {}, 8],
    ['401', { token: 'another' }, 7],
  ])('goes on without what is refused with %s, and tells the permission', async (status, options, number) => {
    const { service, github } = await serve(options);
    const output = listen();
    const told = await unlessDenied('The comment', 'pull-requests: write', () =>
      upsertComment(github, { ...ISSUE, number }, 'm', 'x'),
    );
    expect(told).toBeUndefined();
    expect(output()).toMatch(new RegExp(`^::notice::The comment was left out: GitHub answered ${status} `));
    expect(output()).toContain("add 'pull-requests: write' to its 'permissions:'");
    expect(service.requests.length).toBeLessThanOrEqual(2);
    service.takeViolations(); // a wrong token is one
  });

  it('gives what the part gives, and throws what is no refusal', async () => {
    expect(await unlessDenied('It', 'x: write', async () => 5)).toBe(5);
    const { github, service } = await serve();
    const broken = unlessDenied('The check', 'checks: write', () =>
      github.rest.checks.create({ owner: 'acme', repo: 'photo-app', name: 'n', head_sha: 'short' }),
    );
    await expect(broken).rejects.toMatchObject({
      code: 'github-api',
      message: expect.stringMatching(/^The check failed: /),
    });
    expect(service.takeViolations()).toHaveLength(1);
  });
});

it.each([
  [{ status: 404 }, 404],
  [{ status: '404' }, undefined],
  [new Error('x'), undefined],
  [null, undefined],
])('reads the status of %j', (error, expected) => expect(statusOf(error)).toBe(expected));
