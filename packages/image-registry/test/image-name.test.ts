import { describe, expect, test } from 'vitest';
import { isLoopback, parseImageName } from '../src/image-name.ts';

test.each([
  ['ghcr.io/Acme/Photo-App', 'ghcr.io', 'acme/photo-app'],
  ['nginx', 'docker.io', 'library/nginx'],
  ['acme/app', 'docker.io', 'acme/app'],
  ['localhost/app', 'localhost', 'app'],
  ['127.0.0.1:5000/a/b/c', '127.0.0.1:5000', 'a/b/c'],
  ['[::1]:5000/app', '[::1]:5000', 'app'],
])('%s', (text, registry, repository) => {
  expect(parseImageName(text)).toEqual({ registry, repository, full: `${registry}/${repository}` });
});

describe('refused', () => {
  test.each([
    ['ghcr.io/acme/app:1.0', 'it names a tag'],
    [`ghcr.io/acme/app@sha256:${'0'.repeat(64)}`, 'it names a tag or a digest'],
    ['ghcr.io/acme/', 'no repository path'],
    ['ghcr.io/acme/../x', 'no repository path'],
    ['ghcr.io/acme/app --push', 'no repository path'],
    ['ghcr.io:x/app', 'no host name'],
    ['a.b,type=local/app', 'no host name'],
    ['-', 'no repository path'],
  ])('%s', (text, why) => {
    expect(() => parseImageName(text)).toThrow(why);
  });
});

test.each([
  ['localhost', true],
  ['localhost:5000', true],
  ['127.0.0.1:5000', true],
  ['127.9.9.9', true],
  ['[::1]:5000', true],
  ['127.0.0.1.evil.example', false],
  ['localhost.example:5000', false],
  ['10.0.0.1:5000', false],
  ['registry.internal', false],
])('%s is loopback: %s', (registry, expected) => {
  expect(isLoopback(registry)).toBe(expected);
});
