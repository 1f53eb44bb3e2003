import { expect, test } from 'vitest';
import type { Catalogue } from '../../src/catalogue/catalogue.ts';
import { newPhotoId, type Photo } from '../../src/photo.ts';

/** Far in the future, so that in a shared database these are the newest. */
let clock = Date.UTC(2100, 0, 1) + Math.floor(Math.random() * 1e9);

export function somePhoto(title = 'Lighthouse'): Photo {
  const now = ++clock;
  return {
    id: newPhotoId(now),
    title,
    contentType: 'image/jpeg',
    width: 640,
    height: 480,
    bytes: 12_345,
    createdAt: new Date(now).toISOString(),
  };
}

/** What every catalogue must do, whichever database is behind it. */
export function keepsTheCatalogueContract(open: () => Promise<Catalogue>): void {
  test('finds a photo as it was added', async () => {
    const catalogue = await open();
    const photo = somePhoto(`Bobby'); DROP TABLE photos;-- ☀️`);
    await catalogue.add(photo);
    expect(await catalogue.find(photo.id)).toEqual(photo);
  });

  test('lists the newest first, page by page, each once', async () => {
    const catalogue = await open();
    const added = [
      somePhoto('one'),
      somePhoto('two'),
      somePhoto('three'),
      somePhoto('four'),
      somePhoto('five'),
    ];
    for (const photo of added) await catalogue.add(photo);
    const first = await catalogue.list({ limit: 2 });
    const second = await catalogue.list({ limit: 2, before: first.at(-1)?.id });
    expect([...first, ...second].map((photo) => photo.title)).toEqual(['five', 'four', 'three', 'two']);
  });

  test('refuses a second photo with the same id', async () => {
    const catalogue = await open();
    const photo = somePhoto();
    await catalogue.add(photo);
    await expect(catalogue.add(photo)).rejects.toThrow();
  });

  test('removes once and says when there was nothing to remove', async () => {
    const catalogue = await open();
    const photo = somePhoto();
    await catalogue.add(photo);
    expect(await catalogue.remove(photo.id)).toBe(true);
    expect(await catalogue.remove(photo.id)).toBe(false);
    expect(await catalogue.find(photo.id)).toBeUndefined();
  });

  test('is ready, and no longer when closed', async () => {
    const catalogue = await open();
    await expect(catalogue.check()).resolves.toBeUndefined();
    await catalogue.close();
    await expect(catalogue.check()).rejects.toThrow();
  });
}
