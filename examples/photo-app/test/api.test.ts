import { describe, expect, test } from 'vitest';
import { drawPicture } from './pictures.ts';
import { errorCode, runApp } from './running-app.ts';

describe('the API', () => {
  test('carries a photo through its life: upload, list, look, delete', async () => {
    const app = await runApp();
    const bytes = await drawPicture('jpeg');
    const created = await fetch(`${app.url}/photos?title=Harbour`, {
      method: 'POST',
      headers: { 'content-type': 'image/jpeg' },
      body: new Uint8Array(bytes),
    });
    expect(created.status).toBe(201);
    const photo = (await created.json()) as { id: string; links: { original: string; thumbnail: string } };
    expect(created.headers.get('location')).toBe(`/photos/${photo.id}`);

    const list = await (await fetch(`${app.url}/photos`)).json();
    expect(list).toMatchObject({
      photos: [{ id: photo.id, title: 'Harbour', width: 640, height: 480 }],
      next: null,
    });

    const original = await fetch(app.url + photo.links.original);
    expect(original.headers.get('content-type')).toBe('image/jpeg');
    expect(Buffer.from(await original.arrayBuffer())).toEqual(bytes);
    const thumbnail = await fetch(app.url + photo.links.thumbnail);
    expect(thumbnail.headers.get('content-type')).toBe('image/webp');
    expect((await thumbnail.arrayBuffer()).byteLength).toBeGreaterThan(0);

    expect((await fetch(`${app.url}/photos/${photo.id}`, { method: 'DELETE' })).status).toBe(204);
    for (const path of [`/photos/${photo.id}`, photo.links.original, photo.links.thumbnail]) {
      expect((await fetch(app.url + path)).status, path).toBe(404);
    }
    expect((await fetch(`${app.url}/photos/${photo.id}`, { method: 'DELETE' })).status).toBe(404);
  });

  test('pages through the photos by the address it gives', async () => {
    const app = await runApp();
    const bytes = await drawPicture('png', { width: 8, height: 8 });
    for (const title of ['one', 'two', 'three']) await app.upload(bytes, title);
    const titles: string[] = [];
    for (let next: string | null = '/photos?limit=2'; next; ) {
      const page = (await (await fetch(app.url + next)).json()) as {
        photos: { title: string }[];
        next: string | null;
      };
      titles.push(...page.photos.map((photo) => photo.title));
      next = page.next;
    }
    expect(titles.sort()).toEqual(['one', 'three', 'two']);
  });

  test.each([
    ['GET', '/nowhere', 404, 'not-found'],
    ['GET', '/photos/1', 404, 'no-such-photo'],
    ['GET', '/photos/..%2F..%2Fetc%2Fpasswd/original', 404, 'no-such-photo'],
    ['GET', '/assets/..%2Fpackage.json', 404, 'not-found'],
    ['PUT', '/photos', 405, 'method-not-allowed'],
    ['GET', '/photos?limit=0', 400, 'bad-limit'],
    ['GET', '/photos?limit=1e2', 400, 'bad-limit'],
    ['GET', "/photos?before='--", 400, 'bad-before'],
  ])('answers %s %s with %i %s', async (method, path, status, code) => {
    const app = await runApp();
    const response = await fetch(app.url + path, { method });
    expect(response.status).toBe(status);
    expect(await errorCode(response)).toBe(code);
  });

  test('tells which methods an address has', async () => {
    const app = await runApp();
    const response = await fetch(`${app.url}/photos`, { method: 'PATCH' });
    expect(response.headers.get('allow')).toBe('POST, GET');
  });

  test('answers HEAD as GET without a body', async () => {
    const app = await runApp();
    const { id } = await app.upload(await drawPicture('png'));
    const response = await fetch(`${app.url}/photos/${id}/original`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
    expect((await response.arrayBuffer()).byteLength).toBe(0);
  });

  test("refuses to change anything for another site's page", async () => {
    const app = await runApp();
    const { id } = await app.upload(await drawPicture());
    const response = await fetch(`${app.url}/photos/${id}/delete`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(response.status).toBe(403);
    expect((await fetch(`${app.url}/photos/${id}`)).status).toBe(200);
  });
});
