import { describe, expect, it } from 'vitest';
import { targetsOf } from '../src/bake-file.js';
import { targetImage } from '../src/bake-inputs.js';

const definition = (value: object) => JSON.stringify(value);

describe('the targets of bake files', () => {
  it('are those that the group comes to, groups in it included, each once', () => {
    const found = targetsOf(
      definition({
        group: { default: { targets: ['all', 'api'] }, all: { targets: ['api', 'worker'] } },
        target: {
          api: { context: '.', dockerfile: 'api.Dockerfile' },
          base: { context: '.', dockerfile: 'Dockerfile' }, // only what another is built from
          worker: { context: './worker/', dockerfile: 'Dockerfile' },
        },
      }),
    );
    expect(found).toEqual([
      { name: 'api', dockerfile: 'api.Dockerfile' },
      { name: 'worker', dockerfile: './worker/Dockerfile' },
    ]);
  });

  it('end, also where groups hold each other', () => {
    const group = { default: { targets: ['a'] }, a: { targets: ['default', 'x'] } };
    expect(targetsOf(definition({ group, target: { x: {} } }))).toEqual([
      { name: 'x', dockerfile: 'Dockerfile' },
    ]);
  });

  it('have no Dockerfile to point at where they are built from elsewhere', () => {
    const target = { default: { context: 'https://example.com/a.git', dockerfile: 'Dockerfile' } };
    expect(targetsOf(definition({ target }))).toEqual([{ name: 'default', dockerfile: '' }]);
  });

  it.each(['../up', 'Upper', 'a b', 'a/b', '-x'])('cannot be called %j', (name) => {
    const group = { default: { targets: [name] } };
    expect(() => targetsOf(definition({ group, target: { [name]: {} } }))).toThrow(/cannot name an image/);
  });

  it('must be at least one', () => {
    expect(() => targetsOf('{}')).toThrow(/nothing to build/);
  });
});

it.each([
  ['ghcr.io/acme/shop', 1, 'ghcr.io/acme/shop'],
  ['ghcr.io/acme/shop', 2, 'ghcr.io/acme/shop/api'],
  ['docker.io/acme/shop-{target}', 1, 'docker.io/acme/shop-api'],
  ['docker.io/acme/shop-{target}', 2, 'docker.io/acme/shop-api'],
])('an image %s of %i targets is %s', (image, count, expected) => {
  expect(targetImage(image, 'api', count)).toBe(expected);
});
