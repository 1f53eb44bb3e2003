import { expect, test } from 'vitest';
import { drawPicture } from './pictures.ts';
import { runApp, type TestApp } from './running-app.ts';

/** The value of one series, by its whole name with labels. */
async function series(app: TestApp, name: string): Promise<number | undefined> {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  const line = text.split('\n').find((found) => found.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

test('counts uploads by how they ended, and their bytes', async () => {
  const app = await runApp();
  const bytes = await drawPicture();
  await app.upload(bytes);
  await fetch(`${app.url}/photos`, { method: 'POST', body: 'no picture' });
  expect(await series(app, 'photo_app_uploads_total{result="stored"}')).toBe(1);
  expect(await series(app, 'photo_app_uploads_total{result="rejected"}')).toBe(1);
  expect(await series(app, 'photo_app_uploads_total{result="failed"}')).toBe(0);
  expect(await series(app, 'photo_app_uploaded_bytes_total')).toBe(bytes.length);
});

test('counts and times requests by route, so that ids and scanners add no series', async () => {
  const app = await runApp();
  for (const path of ['/photos/1', '/photos/2', '/wp-login.php', '/.env']) await fetch(app.url + path);
  expect(
    await series(app, 'photo_app_http_requests_total{method="GET",route="/photos/:id",status="404"}'),
  ).toBe(2);
  expect(
    await series(app, 'photo_app_http_requests_total{method="GET",route="unmatched",status="404"}'),
  ).toBe(2);
  expect(
    await series(app, 'photo_app_http_request_duration_seconds_count{method="GET",route="unmatched"}'),
  ).toBe(2);
});

test('tells CPU, memory, their limits and the version', async () => {
  const app = await runApp({
    PHOTO_APP_VERSION: '1.2.3',
    PHOTO_APP_CPU_LIMIT_MILLICORES: '500',
    PHOTO_APP_MEMORY_LIMIT_BYTES: '268435456',
  });
  expect(await series(app, 'process_cpu_seconds_total')).toBeGreaterThan(0);
  expect(await series(app, 'process_resident_memory_bytes')).toBeGreaterThan(1e7);
  expect(await series(app, 'photo_app_cpu_limit_cores')).toBe(0.5);
  expect(await series(app, 'photo_app_memory_limit_bytes')).toBe(268_435_456);
  expect(await series(app, 'photo_app_build_info{version="1.2.3"}')).toBe(1);
});

test('says nothing about limits that nobody set', async () => {
  const app = await runApp();
  expect(await series(app, 'photo_app_cpu_limit_cores')).toBeUndefined();
});
