import { context } from '@fairway/action-kit';
import { expect, it, test } from 'vitest';
import { cacheScopes } from '../src/cache-scope.ts';
import { commitTime, ociLabels } from '../src/labels.ts';

const where = {
  ...context({
    GITHUB_REPOSITORY: 'acme/app',
    GITHUB_SHA: 'abc',
    GITHUB_REF_TYPE: 'branch',
    GITHUB_REF_NAME: 'feature/x',
  }),
  defaultBranch: 'main',
};

it('says what the image was made from', () => {
  const event = { repository: { description: 'Photos,\n"shared"', license: { spdx_id: 'MIT' } } };
  expect(Object.fromEntries(ociLabels({ ...where, event }, '1.2', 1_770_000_000, new Map()))).toEqual({
    'org.opencontainers.image.title': 'app',
    'org.opencontainers.image.description': 'Photos, "shared"',
    'org.opencontainers.image.url': 'https://github.com/acme/app',
    'org.opencontainers.image.source': 'https://github.com/acme/app',
    'org.opencontainers.image.version': '1.2',
    'org.opencontainers.image.revision': 'abc',
    'org.opencontainers.image.licenses': 'MIT',
    'org.opencontainers.image.created': '2026-02-02T02:40:00Z',
  });
});

it('lets own labels win, and says nothing that it does not know', () => {
  const own = new Map([['org.opencontainers.image.title', 'Shop']]);
  const labels = ociLabels(
    { ...where, event: { repository: { license: { spdx_id: 'NOASSERTION' } } } },
    '',
    undefined,
    own,
  );
  expect(labels.get('org.opencontainers.image.title')).toBe('Shop');
  expect([...labels.keys()].join()).not.toMatch(/licenses|created|version|description/);
});

test.each([
  [{ head_commit: { timestamp: '2026-03-01T10:00:00+01:00' } }, 1_772_355_600],
  [{ head_commit: null }, undefined],
  [{ head_commit: { timestamp: 'soon' } }, undefined],
  ['', undefined],
])('time of the commit of %j', (event, expected) => {
  expect(commitTime(event)).toBe(expected);
});

test.each<[string, Parameters<typeof cacheScopes>, ReturnType<typeof cacheScopes>]>([
  [
    'a branch',
    [where, [], ''],
    { own: expect.stringMatching(/^feature-x_[0-9a-f]{8}$/), fallback: ['main'] },
  ],
  [
    'two platforms',
    [where, ['linux/amd64', 'linux/arm64'], ''],
    {
      own: expect.stringMatching(/^feature-x_[0-9a-f]{8}-linux-amd64-linux-arm64$/),
      fallback: ['main-linux-amd64-linux-arm64'],
    },
  ],
  ['a tag', [{ ...where, refType: 'tag', refName: 'v1' }, [], ''], { own: 'main', fallback: ['main'] }],
  ['a name of one’s own', [where, [], 'shop'], { own: 'shop', fallback: ['main'] }],
])('cache of %s', (_, given, expected) => {
  expect(cacheScopes(...given)).toEqual(expected);
});

it('gives no branch the cache of another whose name is as much as the same', () => {
  const scope = (refName: string) => cacheScopes({ ...where, refName }, [], '').own;
  const names = [
    'main',
    'main-',
    '-main',
    'feature/a',
    'feature-a',
    'é',
    'ö',
    'x'.repeat(90),
    'x'.repeat(91),
  ];
  const scopes = names.map(scope);
  expect(new Set(scopes).size).toBe(names.length);
  for (const one of scopes) expect(one).toMatch(/^\w[\w.-]{0,89}$/);
});

it('reads the caches of a pull request’s branch, its base and the default branch', () => {
  const pullRequest = {
    number: 7,
    title: '',
    url: '',
    author: '',
    headSha: '',
    headRef: 'fix',
    baseSha: '',
    baseRef: 'release',
    fromFork: false,
  };
  expect(cacheScopes({ ...where, pullRequest }, [], '')).toEqual({
    own: 'fix',
    fallback: ['release', 'main'],
  });
});
