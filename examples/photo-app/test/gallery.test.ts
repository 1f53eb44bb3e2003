import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { SqliteCatalogue } from '../src/catalogue/sqlite.ts';
import { Gallery } from '../src/gallery.ts';
import { FolderStorage } from '../src/storage/folder.ts';
import { drawPicture } from './pictures.ts';
import { makeFolder } from './running-app.ts';

async function openParts() {
  const folder = await makeFolder();
  return {
    storage: await FolderStorage.open(folder),
    catalogue: SqliteCatalogue.open(`${folder}/photos.sqlite`),
  };
}

describe('the gallery', () => {
  test('keeps the original byte for byte, and a thumbnail beside it', async () => {
    const { storage, catalogue } = await openParts();
    const gallery = new Gallery(storage, catalogue);
    const bytes = await drawPicture('png');
    const photo = await gallery.add({ bytes, title: ' Pier ' });
    expect(photo).toMatchObject({ title: 'Pier', contentType: 'image/png', bytes: bytes.length, width: 640 });
    const original = await gallery.read(photo.id, 'original');
    expect(original && (await buffer(original.body))).toEqual(bytes);
    const thumbnail = await gallery.read(photo.id, 'thumbnail');
    expect(thumbnail && (await buffer(thumbnail.body)).subarray(8, 12).toString()).toBe('WEBP');
    thumbnail?.body.destroy();
  });

  test('lists nothing that could not be stored', async () => {
    const { storage, catalogue } = await openParts();
    storage.put = () => Promise.reject(new Error('disk full'));
    const gallery = new Gallery(storage, catalogue);
    await expect(gallery.add({ bytes: await drawPicture(), title: undefined })).rejects.toThrow('disk full');
    expect(await gallery.list({ limit: 10 })).toEqual([]);
  });

  test('no longer lists a photo whose bytes could not be removed', async () => {
    const { storage, catalogue } = await openParts();
    const gallery = new Gallery(storage, catalogue);
    const { id } = await gallery.add({ bytes: await drawPicture(), title: undefined });
    storage.remove = () => Promise.reject(new Error('store away'));
    await expect(gallery.remove(id)).rejects.toThrow('store away');
    expect(await gallery.find(id)).toBeUndefined();
  });

  test('says when there is nothing to remove', async () => {
    const { storage, catalogue } = await openParts();
    expect(await new Gallery(storage, catalogue).remove('0'.repeat(32))).toBe(false);
  });
});
