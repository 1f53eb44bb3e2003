import { describe, expect, test } from 'vitest';
import { drawPicture } from './pictures.ts';
import { runApp } from './running-app.ts';

const browser = { accept: 'text/html,application/xhtml+xml' };

describe('the page', () => {
  test('shows the photos with their titles, and loads nothing from elsewhere', async () => {
    const app = await runApp();
    const { id } = await app.upload(await drawPicture(), 'Cliffs');
    const response = await fetch(app.url, { headers: browser });
    const page = await response.text();
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).toContain(`<img src="/photos/${id}/thumbnail" alt="Cliffs"`);
    const addresses = [...page.matchAll(/(?:src|href|action)="([^"]*)"/g)].map((match) => match[1]);
    expect(addresses.length).toBeGreaterThan(4);
    expect(addresses.filter((address) => !address?.startsWith('/'))).toEqual([]);
    for (const address of addresses.filter((found) => found?.startsWith('/assets/'))) {
      expect((await fetch(app.url + address)).status, address).toBe(200);
    }
  });

  test('shows a hostile title as text', async () => {
    const app = await runApp();
    await app.upload(await drawPicture(), `"><script>alert('x')</script>`);
    const page = await (await fetch(app.url)).text();
    expect(page).not.toContain('<script>alert');
    expect(page).toContain('&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;');
  });

  test('has a label for every field and a name for every button', async () => {
    const app = await runApp();
    await app.upload(await drawPicture(), 'Cliffs');
    const page = await (await fetch(app.url)).text();
    for (const [, id] of page.matchAll(/<input id="([^"]+)"/g)) expect(page).toContain(`<label for="${id}">`);
    expect(page).toContain('aria-label="Delete Cliffs"');
    expect(page).toContain('<html lang="en">');
  });

  test('works without script: the form leads back to the page, and so does deleting', async () => {
    const app = await runApp();
    const form = new FormData();
    form.append('photo', new Blob([new Uint8Array(await drawPicture())]), 'a.jpg');
    const stored = await fetch(`${app.url}/photos`, {
      method: 'POST',
      body: form,
      headers: browser,
      redirect: 'manual',
    });
    expect([stored.status, stored.headers.get('location')]).toEqual([303, '/']);
    const action = /action="(\/photos\/[0-9a-f]{32}\/delete)"/.exec(await (await fetch(app.url)).text())?.[1];
    const deleted = await fetch(app.url + action, { method: 'POST', headers: browser });
    expect(deleted.url).toBe(`${app.url}/`);
    expect(await deleted.text()).toContain('No photos yet');
  });

  test('tells a visitor without script what was wrong', async () => {
    const app = await runApp();
    const form = new FormData();
    form.append('photo', new Blob(['text']), 'notes.txt');
    const response = await fetch(`${app.url}/photos`, { method: 'POST', body: form, headers: browser });
    expect(response.status).toBe(415);
    expect(await response.text()).toContain('This file is not a picture.');
  });

  test('leads on to older photos when there are more than fit', async () => {
    const app = await runApp();
    const bytes = await drawPicture('png', { width: 4, height: 4 });
    for (let count = 0; count < 25; count += 1) await app.upload(bytes, `Photo ${count}`);
    const older = /class="older" href="([^"]+)"/.exec(await (await fetch(app.url)).text())?.[1];
    const second = await (await fetch(app.url + older)).text();
    expect(second.match(/<li class="card">/g)).toHaveLength(1);
  });

  test('lets an uploaded file do nothing but be a picture', async () => {
    const app = await runApp();
    const { id } = await app.upload(await drawPicture());
    const { headers } = await fetch(`${app.url}/photos/${id}/original`);
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});
