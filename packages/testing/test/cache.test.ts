import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { restoreCache, saveCache } from '@actions/cache';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CacheScope, type ResultsService, startCache } from '../src/index.js';
import { scratchFolder } from './scratch-folder.js';

let cache: ResultsService;
let workspace: string;
let target: string;

beforeEach(async () => {
  cache = await startCache();
  workspace = await scratchFolder();
  target = join(workspace, 'deps');
  vi.stubEnv('GITHUB_WORKSPACE', workspace);
  vi.stubEnv('RUNNER_TEMP', workspace);
  vi.stubEnv('GITHUB_SERVER_URL', 'https://github.com');
  use([{ scope: 'refs/heads/main', permission: 3 }]);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await cache.close();
});

function use(scopes: readonly CacheScope[]): void {
  for (const [name, value] of Object.entries(cache.envFor({ scopes }))) vi.stubEnv(name, value);
}

async function save(key: string, content: string): Promise<number> {
  await mkdir(target, { recursive: true });
  await writeFile(join(target, 'file'), content);
  const id = await saveCache([target], key);
  await rm(target, { recursive: true });
  return id;
}

const restored = () => readFile(join(target, 'file'), 'utf8');

describe('the cache service with @actions/cache', () => {
  it('restores what was saved under the exact key', async () => {
    expect(await save('npm-abc', 'content')).toBeGreaterThan(0);
    expect(await restoreCache([target], 'npm-abc')).toBe('npm-abc');
    expect(await restored()).toBe('content');
  });

  it('prefers the exact key, then the newest entry that a restore key begins', async () => {
    await save('npm-1', 'first');
    await save('npm-2', 'second');
    await save('pip-1', 'other');
    expect(await restoreCache([target], 'npm-1', ['npm-'])).toBe('npm-1');
    expect(await restoreCache([target], 'npm-9', ['npm-'])).toBe('npm-2');
    expect(await restoreCache([target], 'npm-9', ['go-', 'pip-'])).toBe('pip-1');
    expect(await restored()).toBe('other');
    expect(await restoreCache([target], 'go-1', ['cargo-'])).toBeUndefined();
  });

  it('does not mix paths: they are part of the version', async () => {
    await save('k', 'x');
    expect(await restoreCache([join(workspace, 'elsewhere')], 'k')).toBeUndefined();
  });

  it('never overwrites a key', async () => {
    await save('k', 'first');
    expect(await save('k', 'second')).toBe(-1);
    await restoreCache([target], 'k');
    expect(await restored()).toBe('first');
    expect(cache.caches()).toHaveLength(1);
  });

  it('lets a branch read the default branch, and main read no branch', async () => {
    await save('base', 'main');
    use([
      { scope: 'refs/heads/feature', permission: 3 },
      { scope: 'refs/heads/main', permission: 1 },
    ]);
    expect(await restoreCache([target], 'base')).toBe('base');
    await save('own', 'feature');
    use([{ scope: 'refs/heads/main', permission: 3 }]);
    expect(await restoreCache([target], 'own')).toBeUndefined();
  });

  it('refuses to save with a token that only reads', async () => {
    use([{ scope: 'refs/heads/main', permission: 1 }]);
    expect(await save('k', 'x')).toBe(-1);
    expect(cache.caches()).toEqual([]);
  });
});
