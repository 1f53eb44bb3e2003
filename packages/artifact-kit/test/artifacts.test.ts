import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ResultsService, startResults } from '@fairway/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { weigh } from '../src/fetch.js';
import { fetchArtifact, fetchArtifacts, hasArtifacts, keepArtifact, readJson } from '../src/index.js';

const before = { ...process.env };
let results: ResultsService;
let folder: string;

beforeAll(async () => {
  results = await startResults();
  folder = await mkdtemp(join(tmpdir(), 'artifact-kit-'));
  expect(hasArtifacts()).toBe(false);
  Object.assign(process.env, results.env, { GITHUB_WORKSPACE: folder, RUNNER_TEMP: folder });
});
afterAll(async () => {
  process.env = before;
  await Promise.all([results.close(), rm(folder, { recursive: true })]);
});

async function keep(name: string, value: unknown, replace = false): Promise<void> {
  const file = join(folder, 'record.json');
  await writeFile(file, JSON.stringify(value));
  await keepArtifact(name, [file], folder, { replace, retentionDays: 1 });
}

it('gives a later job what an earlier one kept', async () => {
  await keep('one', { leg: 1 });
  expect(hasArtifacts()).toBe(true);
  expect(await fetchArtifact('one', join(folder, 'in'))).toBe(true);
  expect(await readJson(join(folder, 'in'), 'record.json', 1000)).toEqual({ leg: 1 });
});

it('says of an artifact that is not there that it is not', async () => {
  expect(await fetchArtifact('never-kept', join(folder, 'none'))).toBe(false);
});

it('replaces one only where it is told to', async () => {
  await keep('again', { attempt: 1 });
  await expect(keep('again', { attempt: 2 })).rejects.toThrow(/already exists|conflict/i);
  await keep('again', { attempt: 2 }, true);
  const found = await fetchArtifacts((name) => name === 'again', join(folder, 'all'));
  expect([...found.keys()]).toEqual(['again']);
  expect(await readJson(found.get('again') ?? '', 'record.json', 1000)).toEqual({ attempt: 2 });
});

it('reads nothing that is larger than it may be, not JSON, or elsewhere', async () => {
  await writeFile(join(folder, 'large.json'), JSON.stringify('x'.repeat(100)));
  await writeFile(join(folder, 'torn.json'), '{"a":');
  expect(await readJson(folder, 'large.json', 50)).toBeUndefined();
  expect(await readJson(folder, 'large.json', 200)).toBe('x'.repeat(100));
  expect(await readJson(folder, 'torn.json', 50)).toBeUndefined();
  expect(await readJson(join(folder, 'in'), '../large.json', 200)).toBeUndefined();
});

it('refuses what is not what was uploaded', async () => {
  await keep('changed', { passed: false });
  const { file = '' } = results.artifacts().find(({ name }) => name === 'changed') ?? {};
  const content = await readFile(file);
  content.writeUInt8(content.readUInt8(12) ^ 1, 12);
  await writeFile(file, content);
  await expect(fetchArtifact('changed', join(folder, 'changed'))).rejects.toMatchObject({
    code: 'artifact-changed',
  });
});

it('refuses what is too large before it is downloaded', () => {
  expect(() => weigh({ name: 'test-results-1-of-3', size: 256 * 1024 * 1024 })).not.toThrow();
  expect(() => weigh({ name: 'bomb', size: 256 * 1024 * 1024 + 1 })).toThrow(
    /'bomb' weighs .* at most 256 MiB/,
  );
});
