import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { parseImageName } from '../src/index.ts';
import { openRegistry } from '../src/open.ts';

it('masks the password that the Docker client kept, before anything can print it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'docker-config-'));
  const auth = Buffer.from('robot:hunter22').toString('base64');
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { 'ghcr.io': { auth } } }));
  vi.stubEnv('DOCKER_CONFIG', folder);
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });
  (await openRegistry(parseImageName('ghcr.io/acme/photo-app'), undefined, false, 1)).close();
  expect(write.mock.calls.map(([chunk]) => String(chunk)).join('')).toContain('::add-mask::hunter22');
});
