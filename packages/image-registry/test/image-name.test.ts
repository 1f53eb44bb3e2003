import { describe, expect, test } from 'vitest';
import { isLoopback, parseImageName, parseReference } from '../src/image-name.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

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

test.each([
  ['nginx', 'docker.io/library/nginx', 'latest', ''],
  ['acme/app:1.2', 'docker.io/acme/app', '1.2', ''],
  ['localhost:5000/app', 'localhost:5000/app', 'latest', ''],
  ['127.0.0.1:5000/a/b:v1', '127.0.0.1:5000/a/b', 'v1', ''],
  [`ghcr.io/acme/app@${DIGEST}`, 'ghcr.io/acme/app', '', DIGEST],
  [`ghcr.io/acme/app:1@${DIGEST}`, 'ghcr.io/acme/app', '1', DIGEST],
])('%s is read as Kubernetes does', (text, full, tag, digest) => {
  expect(parseReference(text)).toMatchObject({ name: { full }, tag, digest });
});

test.each([
  ['', 'is no repository path'],
  ['Nginx', "'Nginx' is no repository path"],
  ['app: latest', 'is no repository path'],
  ['app@sha256:12', 'its digest is no sha256 digest'],
  [`app:${'x'.repeat(129)}`, 'is no tag'],
  ['app@sha256:1@sha256:2', 'cannot be read'],
  ['../app', "'..' is no host name"],
])("'%s' cannot be read", (text, why) => {
  expect(() => parseReference(text)).toThrow(why);
});
