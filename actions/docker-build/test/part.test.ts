import { describe, expect, it } from 'vitest';
import { partFlaw } from '../src/hand-over.js';
import { artifactOf, digestIn } from '../src/part-record.js';

const digest = `sha256:${'a'.repeat(64)}`;
const expected = { image: 'ghcr.io/acme/shop', platform: 'linux/arm64' };

describe('the record of a part', () => {
  it('has an artifact of its own for each platform and image', () => {
    const names = ['ghcr.io/acme/shop', 'ghcr.io/acme-shop'].flatMap((image) =>
      ['linux/amd64', 'linux/arm/v7'].map((platform) => artifactOf('image', image, platform)),
    );
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(/^image-[0-9a-f]{8}-linux-[\w.-]+$/);
  });

  it('gives its digest', () => {
    expect(digestIn({ ...expected, digest }, expected)).toBe(digest);
  });

  it.each<[string, unknown]>([
    ['another image', { ...expected, image: 'ghcr.io/evil/shop', digest }],
    ['another platform', { ...expected, platform: 'linux/amd64', digest }],
    ['no digest', { ...expected, digest: 'main' }],
    ['a digest with more behind it', { ...expected, digest: `${digest}\n${digest}` }],
    ['a number', { ...expected, digest: 7 }],
    ['nothing', undefined],
    ['null', null],
    ['a list', [digest]],
  ])('is refused when it holds %s', (_, record) => {
    expect(() => digestIn(record, expected)).toThrow(/is no record of ghcr\.io\/acme\/shop/);
  });
});

describe('the image behind a digest that was handed on', () => {
  const revision = 'org.opencontainers.image.revision';
  const image = (platform: string, labels: Record<string, string> = { [revision]: 'c0ffee' }) => ({
    platform,
    labels,
  });

  it.each([
    ['linux/arm64', 'linux/arm64'],
    ['linux/arm64', 'linux/arm64/v8'],
    ['linux/arm/v7', 'linux/arm/v7'],
  ])('is the part for %s when it is for %s and from this commit', (wanted, its) => {
    expect(partFlaw([image(its)], wanted, 'c0ffee')).toBeUndefined();
  });

  it('may be without a commit where this job names none either', () => {
    expect(partFlaw([image('linux/arm64', {})], 'linux/arm64', undefined)).toBeUndefined();
  });

  it.each([
    ['another architecture', [image('linux/amd64')], 'it is for linux/amd64'],
    ['another variant', [image('linux/arm64/v9')], 'it is for linux/arm64/v9'],
    ['another commit', [image('linux/arm64', { [revision]: 'old' })], 'it was built from old'],
    ['no commit', [image('linux/arm64', {})], 'it was built from no commit that it names'],
    ['several images', [image('linux/arm64'), image('linux/amd64')], 'it holds 2 images'],
    ['no image', [], 'it holds 0 images'],
  ])('is refused for %s', (_, images, flaw) => {
    expect(partFlaw(images, 'linux/arm64/v8', 'c0ffee')).toBe(flaw);
  });
});
