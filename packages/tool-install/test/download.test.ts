import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { download } from '../src/download.js';
import { pinned } from '../src/pinned.js';

const tool = pinned('kubeconform');
let folder: string;
let server: Server;
let mirror: string;
let archive: Buffer;
let asked: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tool-install-test-'));
  writeFileSync(join(folder, 'kubeconform'), '#!/bin/sh\necho v0.0.7\n');
  chmodSync(join(folder, 'kubeconform'), 0o755);
  execFileSync('tar', ['-czf', 'a.tar.gz', 'kubeconform'], { cwd: folder });
  archive = readFileSync(join(folder, 'a.tar.gz'));
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(archive);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv('RUNNER_TOOL_CACHE', join(folder, 'cache'));
  vi.stubEnv('RUNNER_TEMP', join(folder, 'temp'));
  vi.stubEnv('GITHUB_PATH', '');
});

afterEach(() => {
  vi.unstubAllEnvs();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const sha256 = () => createHash('sha256').update(archive).digest('hex');

it('downloads through the mirror, checks, unpacks, and the second time takes it from the cache', async () => {
  const wanted = { version: '0.0.7', sha256: sha256(), mirror };
  const first = await download('kubeconform', tool, wanted, 'linux-amd64');
  expect(first.source).toBe('download');
  expect(execFileSync(first.path, { encoding: 'utf8' })).toBe('v0.0.7\n');
  expect(asked).toEqual([expect.stringMatching(/^\/github\.com\/yannh\/kubeconform\/.*v0\.0\.7/)]);
  expect((await download('kubeconform', tool, wanted, 'linux-amd64')).source).toBe('cache');
  expect(asked).toHaveLength(1);
});

it('runs nothing of a download whose checksum is another one', async () => {
  const wanted = { version: '0.0.7', sha256: '0'.repeat(64), mirror };
  await expect(download('kubeconform', tool, wanted, 'linux-amd64')).rejects.toThrow(/is not the pinned one/);
  await expect(download('kubeconform', tool, wanted, 'linux-amd64')).rejects.toThrow(/is not the pinned one/);
});

it('takes nothing from the cache that another left under the name and version', async () => {
  const foreign = join(folder, `cache/kubeconform/0.0.7/${process.arch}`);
  mkdirSync(foreign, { recursive: true });
  writeFileSync(join(foreign, 'kubeconform'), '#!/bin/sh\necho foreign\n');
  writeFileSync(`${foreign}.complete`, '');
  const wanted = { version: '0.0.7', sha256: sha256(), mirror };
  await download('kubeconform', tool, wanted, 'linux-amd64');
  const other = { ...wanted, sha256: '0'.repeat(64) };
  await expect(download('kubeconform', tool, other, 'linux-amd64')).rejects.toThrow(/is not the pinned one/);
  const again = await download('kubeconform', tool, wanted, 'linux-amd64');
  expect(again.source).toBe('cache');
  expect(execFileSync(again.path, { encoding: 'utf8' })).toBe('v0.0.7\n');
});

it('says what is missing where a runner has no tool cache', async () => {
  vi.stubEnv('RUNNER_TOOL_CACHE', '');
  await expect(download('kubeconform', tool, { mirror }, 'linux-amd64')).rejects.toThrow(
    /no runner's tool cache/,
  );
});
