import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { createLogger } from '../src/logger.ts';
import type { Photo } from '../src/photo.ts';

export interface TestApp {
  readonly url: string;
  readonly folder: string;
  /** The log so far, parsed. */
  readonly log: () => readonly Record<string, unknown>[];
  readonly upload: (bytes: Buffer, title?: string) => Promise<Photo>;
  readonly stop: () => Promise<boolean>;
}

/** The whole service on a free port with a folder of its own, stopped and removed after the test. */
export async function runApp(env: Record<string, string> = {}): Promise<TestApp> {
  const folder = await makeFolder();
  const lines: string[] = [];
  const config = readConfig({
    PHOTO_APP_DATA: folder,
    PHOTO_APP_HOST: '127.0.0.1',
    PHOTO_APP_PORT: '0',
    ...env,
  });
  const app = await startApp(
    config,
    createLogger('debug', (line) => lines.push(line)),
  );
  let stopped: Promise<boolean> | undefined;
  const stop = () => (stopped ??= app.stop());
  onTestFinished(async () => void (await stop()));
  return {
    url: app.url,
    folder,
    log: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    upload: async (bytes, title = 'A photo') => {
      const address = `${app.url}/photos?title=${encodeURIComponent(title)}`;
      const response = await fetch(address, { method: 'POST', body: new Uint8Array(bytes) });
      if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
      return (await response.json()) as Photo;
    },
    stop,
  };
}

export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'photo-app-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function errorCode(response: Response): Promise<string> {
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  return error.code;
}
