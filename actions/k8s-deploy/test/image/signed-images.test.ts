import { expect, test } from 'vitest';
import { idlePattern, mustBeSigned } from '../../src/image/signed-images.js';

test.each<[string, readonly string[], boolean]>([
  ['ghcr.io/acme/app', ['*'], true],
  ['ghcr.io/acme/app', ['ghcr.io/acme/*'], true],
  ['ghcr.io/acme/team/app', ['ghcr.io/acme/*'], true],
  ['ghcr.io/acme/app', ['ghcr.io/acme/app'], true],
  ['ghcr.io/acme/app-2', ['ghcr.io/acme/app'], false],
  ['ghcrxio/acme/app', ['ghcr.io/acme/*'], false],
  ['docker.io/library/redis', ['!docker.io/library/*'], false],
  ['ghcr.io/acme/app', ['!docker.io/library/*'], true],
  ['ghcr.io/acme/tool', ['ghcr.io/acme/*', '!ghcr.io/acme/tool'], false],
  ['quay.io/x/y', ['ghcr.io/acme/*', '!ghcr.io/acme/tool'], false],
  ['a(b', ['a(*'], true],
])('%s of %j: %s', (name, patterns, expected) => {
  expect(mustBeSigned(name, patterns)).toBe(expected);
});

test.each<[readonly string[], string | undefined]>([
  [['*'], undefined],
  [['!docker.io/*'], undefined],
  [['ghcr.io/acme/*'], undefined],
  [['ghcr.io/acme/app', 'ghcr.io/acme/ap'], 'ghcr.io/acme/ap'],
  [['acme/app'], 'acme/app'],
])('of %j, %s would verify nothing', (patterns, expected) => {
  expect(idlePattern(['ghcr.io/acme/app', 'docker.io/library/redis'], patterns)).toBe(expected);
});
