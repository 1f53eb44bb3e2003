import { once } from 'node:events';
import { request as open } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { drawPicture } from './pictures.ts';
import { errorCode, runApp } from './running-app.ts';

const post = (url: string, body: RequestInit['body'], headers: Record<string, string> = {}) =>
  fetch(`${url}/photos`, { method: 'POST', body: body ?? null, headers });

function form(parts: Record<string, string | Buffer>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(parts)) {
    if (typeof value === 'string') data.append(name, value);
    else data.append(name, new Blob([new Uint8Array(value)]), 'holiday.jpg');
  }
  return data;
}

describe('an upload', () => {
  test('may be a form, its fields in any order', async () => {
    const app = await runApp();
    const photo = await drawPicture();
    for (const parts of [
      { title: 'Dunes', photo },
      { photo, title: 'Dunes' },
    ]) {
      const response = await post(app.url, form(parts));
      expect(response.status).toBe(201);
      expect(await response.json()).toMatchObject({
        title: 'Dunes',
        contentType: 'image/jpeg',
        bytes: photo.length,
      });
    }
  });

  test('that is no image is refused with a clear 415, whatever it claims to be', async () => {
    const app = await runApp();
    const response = await post(app.url, 'I am a text', { 'content-type': 'image/png' });
    expect(response.status).toBe(415);
    expect(await response.json()).toEqual({
      error: { code: 'not-an-image', message: 'This file is not a picture. Send a JPEG, PNG, WebP or GIF.' },
    });
    expect(await (await fetch(`${app.url}/photos`)).json()).toMatchObject({ photos: [] });
  });

  test.each([
    ['an empty body', '', {}, 400, 'empty-upload'],
    ['a form without a photo', form({ title: 'Nothing' }), {}, 400, 'empty-upload'],
    [
      'two photos',
      (() => {
        const two = form({ photo: Buffer.from('a') });
        two.append('photo', new Blob(['b']), 'b');
        return two;
      })(),
      {},
      400,
      'one-photo-only',
    ],
    ['a form without a boundary', 'x', { 'content-type': 'multipart/form-data' }, 400, 'malformed-form'],
    [
      'a form that ends early',
      '--b\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\nab',
      { 'content-type': 'multipart/form-data; boundary=b' },
      400,
      'malformed-form',
    ],
  ] as [string, RequestInit['body'], Record<string, string>, number, string][])(
    'of %s is refused',
    async (_what, body, headers, status, code) => {
      const app = await runApp();
      const response = await post(app.url, body, headers);
      expect(response.status).toBe(status);
      expect(await errorCode(response)).toBe(code);
    },
  );

  test.each(['raw', 'form'])(
    'that is too large is refused with 413, and the sender gets to read it: %s',
    async (kind) => {
      const app = await runApp({ PHOTO_APP_MAX_UPLOAD_BYTES: '50000' });
      const large = Buffer.alloc(60_000, 1);
      const response = await post(app.url, kind === 'raw' ? new Uint8Array(large) : form({ photo: large }));
      expect(response.status).toBe(413);
      expect(await response.json()).toEqual({
        error: { code: 'too-large', message: 'This photo is too large; at most 50000 bytes are accepted.' },
      });
    },
  );

  test('that does not say how long it is is cut at the limit too', async () => {
    const app = await runApp({ PHOTO_APP_MAX_UPLOAD_BYTES: '50000' });
    const request = open(`${app.url}/photos`, {
      method: 'POST',
      headers: { 'transfer-encoding': 'chunked' },
    });
    for (let sent = 0; sent < 5; sent += 1) request.write(Buffer.alloc(20_000, 1));
    request.end();
    const [response] = await once(request, 'response');
    expect(response.statusCode).toBe(413);
    expect(await text(response)).toContain('too-large');
  });

  test('that is broken off stores nothing and disturbs nobody', async () => {
    const app = await runApp();
    const request = open(`${app.url}/photos`, { method: 'POST', headers: { 'content-length': '100000' } });
    request.on('error', () => {});
    request.write(Buffer.alloc(1000));
    const metrics = async () => (await fetch(`${app.url}/metrics`)).text();
    await expect.poll(metrics).toContain('photo_app_uploads_in_flight 1');
    request.destroy();
    await expect.poll(metrics).toContain('photo_app_uploads_total{result="rejected"} 1');
    expect(await (await fetch(`${app.url}/photos`)).json()).toMatchObject({ photos: [] });
  });

  test('beyond the number that memory allows is asked to come again', async () => {
    const app = await runApp({ PHOTO_APP_MAX_UPLOADS_IN_FLIGHT: '1' });
    const bytes = await drawPicture();
    const first = open(`${app.url}/photos`, {
      method: 'POST',
      headers: { 'content-length': String(bytes.length) },
    });
    first.write(bytes.subarray(0, 100));
    const metrics = async () => (await fetch(`${app.url}/metrics`)).text();
    await expect.poll(metrics).toContain('photo_app_uploads_in_flight 1');
    const second = await post(app.url, new Uint8Array(bytes));
    expect(second.status).toBe(503);
    expect(second.headers.get('retry-after')).toBe('1');
    first.end(bytes.subarray(100));
    const [response] = await once(first, 'response');
    response.resume();
    expect(response.statusCode).toBe(201);
    expect((await post(app.url, new Uint8Array(bytes))).status).toBe(201);
  });
});
