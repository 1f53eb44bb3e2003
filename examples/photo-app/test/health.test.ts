import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { drawPicture } from './pictures.ts';
import { errorCode, runApp } from './running-app.ts';

test('a service that can work is alive and ready', async () => {
  const app = await runApp();
  expect((await fetch(`${app.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${app.url}/readyz`)).status).toBe(200);
});

test('one that lost its storage is alive but not ready, and the log, not the visitor, learns why', async () => {
  const app = await runApp();
  await rm(`${app.folder}/photos`, { recursive: true });
  expect((await fetch(`${app.url}/healthz`)).status).toBe(200);
  const ready = await fetch(`${app.url}/readyz`);
  expect(ready.status).toBe(503);
  const answer = await ready.text();
  expect(answer).toContain('not-ready');
  expect(answer).not.toContain(app.folder);
  expect(JSON.stringify(app.log())).toContain(app.folder);
});

test('an upload that cannot be stored is a 500 that can be found in the log, and is counted', async () => {
  const app = await runApp({
    PHOTO_APP_STORAGE: 's3://photos',
    AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'hunter2',
  });
  const response = await fetch(`${app.url}/photos`, {
    method: 'POST',
    headers: { 'x-request-id': 'visit-12345' },
    body: new Uint8Array(await drawPicture()),
  });
  expect(response.status).toBe(500);
  expect(response.headers.get('x-request-id')).toBe('visit-12345');
  expect(await errorCode(response)).toBe('internal');
  const failure = app.log().find((entry) => entry.message === 'request failed');
  expect(failure).toMatchObject({ requestId: 'visit-12345', route: '/photos' });
  expect(JSON.stringify(app.log())).not.toContain('hunter2');
  const metrics = await (await fetch(`${app.url}/metrics`)).text();
  expect(metrics).toContain('photo_app_errors_total{route="/photos"} 1');
  expect(metrics).toContain('photo_app_uploads_total{result="failed"} 1');
});

test('every request is one log line with its route, status and id', async () => {
  const app = await runApp();
  await fetch(`${app.url}/photos?title=secret`, { headers: { 'x-request-id': 'bad id\t' } });
  const requests = () => app.log().filter((entry) => entry.message === 'request');
  await expect.poll(() => requests().length).toBe(1);
  expect(requests()[0]).toMatchObject({ method: 'GET', route: '/photos', path: '/photos', status: 200 });
  expect(requests()[0]?.requestId).toMatch(/^[0-9a-f-]{36}$/);
});
