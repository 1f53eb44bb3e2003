import { expect, it } from 'vitest';
import { addReferrer, referrersOf } from '../src/referrers.js';
import type { Repository } from '../src/repository.js';

const image = `sha256:${'a'.repeat(64)}`;
const tag = `sha256-${'a'.repeat(64)}`;
const entry = { artifactType: 'x/bundle', annotations: { kind: 'signature' } };

/** A repository in memory, whose registry lists referrers or does not. */
function repository(listing: boolean) {
  const manifests = new Map<string, string>();
  const listed: unknown[] = [];
  const store: Pick<Repository, 'find' | 'put' | 'referrers'> = {
    find: async (reference) => {
      const text = manifests.get(reference);
      return text === undefined ? undefined : { text, digest: reference };
    },
    put: async (reference, _, text) => {
      manifests.set(reference, text);
      if (listing) listed.push({ ...entry, digest: reference });
      return listing;
    },
    referrers: async () => (listing ? [JSON.stringify({ manifests: listed })] : undefined),
  };
  return { store: store as Repository, manifests };
}

it.each([true, false])('what is added is found again (the registry lists it itself: %s)', async (listing) => {
  const { store, manifests } = repository(listing);
  const first = await addReferrer(store, image, '{"first":1}', entry);
  const second = await addReferrer(store, image, '{"second":2}', entry);
  await addReferrer(store, image, '{"second":2}', entry);
  expect(await referrersOf(store, image)).toEqual([
    { digest: first, ...entry },
    { digest: second, ...entry },
  ]);
  expect(manifests.has(tag)).toBe(!listing);
});

it('keeps what others listed under the tag, and reads both lists', async () => {
  const { store, manifests } = repository(true);
  const theirs = { digest: `sha256:${'b'.repeat(64)}`, artifactType: 'y', annotations: null };
  manifests.set(tag, JSON.stringify({ manifests: [theirs, null, { digest: '../x' }] }));
  const mine = await addReferrer(store, image, '{}', entry);
  expect((await referrersOf(store, image)).map(({ digest }) => digest)).toEqual([theirs.digest, mine]);
});

it('reads every page of the list, and each referrer once', async () => {
  const { store } = repository(false);
  const page = (...letters: string[]) =>
    JSON.stringify({ manifests: letters.map((letter) => ({ digest: `sha256:${letter.repeat(64)}` })) });
  const paged = {
    ...store,
    referrers: async () => [page('b', 'c'), page('c', 'd')],
  } as unknown as Repository;
  const digests = (await referrersOf(paged, image)).map(({ digest }) => digest.at(-1));
  expect(digests).toEqual(['b', 'c', 'd']);
});

it('takes a page for no list', async () => {
  const { store } = repository(false);
  const page = { ...store, referrers: async () => ['<html>Not found</html>'] } as unknown as Repository;
  expect(await referrersOf(page, image)).toEqual([]);
});
