import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type ClientRequest, request as open } from 'node:http';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Photo } from '../src/photo.ts';
import { drawPicture } from './pictures.ts';
import { makeFolder } from './running-app.ts';

interface Process {
  readonly url: string;
  readonly child: ChildProcess;
  readonly log: Record<string, unknown>[];
  readonly exit: Promise<number | null>;
}

/** The service as it is really started: a process of its own, told to stop by a signal. */
async function start(env: Record<string, string>): Promise<Process> {
  const main = new URL('../src/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
    env: { PATH: process.env.PATH, PHOTO_APP_HOST: '127.0.0.1', PHOTO_APP_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const log: Process['log'] = [];
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const url = await new Promise<string>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      const entry = JSON.parse(line) as Record<string, unknown>;
      log.push(entry);
      if (entry.message === 'listening') resolve(String(entry.url));
    });
    // A process that ends without listening has no address.
    void exit.then(() => resolve(''));
  });
  return { url, child, log, exit };
}

/** Sends the headers and the first part only; the rest is up to the test. */
async function beginUpload(app: Process, bytes: Buffer): Promise<ClientRequest> {
  const request = open(`${app.url}/photos?title=Last`, {
    method: 'POST',
    headers: { 'content-length': String(bytes.length), connection: 'keep-alive' },
  });
  request.write(bytes.subarray(0, 500));
  const metrics = async () => (await fetch(`${app.url}/metrics`)).text();
  await expect.poll(metrics).toContain('photo_app_uploads_in_flight 1');
  return request;
}

describe('a service told to stop', () => {
  test('finishes the upload that is under way, and the photo is there after the next start', async () => {
    const folder = await makeFolder();
    const first = await start({ PHOTO_APP_DATA: folder });
    const bytes = await drawPicture('png', { width: 600, height: 600 });
    const request = await beginUpload(first, bytes);

    first.child.kill('SIGTERM');
    await expect.poll(() => first.log.some((entry) => entry.message === 'stopping')).toBe(true);
    await expect(fetch(`${first.url}/healthz`), 'no new visitors').rejects.toThrow();
    expect(first.child.exitCode, 'still at work').toBeNull();

    request.end(bytes.subarray(500));
    const [response] = await once(request, 'response');
    expect(response.statusCode).toBe(201);
    expect(response.headers.connection).toBe('close');
    const photo = (await json(response)) as Photo;
    expect(await first.exit).toBe(0);
    expect(first.log.at(-1)).toMatchObject({ message: 'stopped' });

    const second = await start({ PHOTO_APP_DATA: folder });
    const original = await fetch(`${second.url}/photos/${photo.id}/original`);
    expect(Buffer.from(await original.arrayBuffer())).toEqual(bytes);
  });

  test('stops at once when nothing is under way, though visitors keep connections open', async () => {
    const app = await start({ PHOTO_APP_DATA: await makeFolder() });
    await (await fetch(`${app.url}/photos`)).text();
    app.child.kill('SIGINT');
    expect(await app.exit).toBe(0);
  });

  test('does not wait for ever: it says that a request was cut off, and ends with 1', async () => {
    const app = await start({ PHOTO_APP_DATA: await makeFolder(), PHOTO_APP_SHUTDOWN_SECONDS: '1' });
    const request = await beginUpload(app, await drawPicture());
    const broken = once(request, 'error');
    app.child.kill('SIGTERM');
    await broken;
    expect(await app.exit).toBe(1);
    expect(app.log.filter((entry) => entry.level === 'error')).toMatchObject([
      { message: 'stopped with requests cut off' },
    ]);
  });
});

describe('a service that cannot start', () => {
  test.each([
    [{ PHOTO_APP_FAIL_START: '1' }, 'PHOTO_APP_FAIL_START=1 asks for a failing start'],
    [{ PHOTO_APP_PORT: 'http' }, 'PHOTO_APP_PORT is "http"'],
  ])('with %j ends with 1 and one line that says why', async (env, reason) => {
    const app = await start({ PHOTO_APP_DATA: await makeFolder(), ...env });
    expect(await app.exit).toBe(1);
    expect(app.log).toHaveLength(1);
    expect(app.log[0]).toMatchObject({ level: 'error', message: 'cannot start' });
    expect(app.log[0]?.reason).toContain(reason);
  });
});
