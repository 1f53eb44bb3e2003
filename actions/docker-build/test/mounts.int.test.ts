import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ResultsService, startResults } from '@fairway/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { missing, type Part, startBuildkit } from './real/parts.ts';
import { Workshop } from './real/workshop.ts';

/** Each build is on a builder that has never built anything, as on a runner of its own. */
describe.skipIf(missing !== '')(`cache mounts${missing && ` (missing: ${missing})`}`, () => {
  let shop: Workshop;
  let results: ResultsService;
  let shell: string;

  beforeAll(async () => {
    [shop, results] = await Promise.all([Workshop.open(), startResults()]);
    shell = await shop.shell();
  });
  afterAll(() => Promise.all([shop?.close(), results?.close()]));
  beforeEach(async () => {
    const clear = await shop.freshWorkspace();
    await shop.dockerfile(
      `FROM ${shell}`,
      'ARG RUN',
      'RUN --mount=type=cache,target=/kept --mount=type=cache,id=other,uid=7,gid=8,target=/other \\',
      '  echo "$RUN" >> /kept/runs && stat -c %u:%g /other && cat /kept/runs && touch "/other/of $RUN" && ls /other',
    );
    return clear;
  });

  async function buildElsewhere(
    run: string,
    inputs: Record<string, string>,
    env: Record<string, string> = {},
  ) {
    const builder: Part = await startBuildkit();
    try {
      return await shop.run(
        {
          image: `${shop.registry}/acme/mounts`,
          builder: builder.address,
          cache: 'none',
          push: 'true',
          'cache-mounts': '/kept\nother,uid=7,gid=8',
          'cache-mounts-image': shell,
          'build-args': `RUN=${run}`,
          ...inputs,
        },
        { env },
      );
    } finally {
      await builder.stop();
    }
  }

  it('are as the last run left them, from GitHub’s cache, owners and all', async () => {
    const env = results.envFor({ run: '1' });
    const first = await buildElsewhere('first', {}, env);
    expect(first.errors).toEqual([]);
    expect(first.log).toContain('Nothing was kept yet.');
    expect(results.caches()).toHaveLength(1);
    const second = await buildElsewhere('second', {}, env);
    expect(second.errors).toEqual([]);
    expect(second.log).toMatch(/Filled from fairway-mounts-[0-9a-f]{8}-main-/);
    expect(second.log).toMatch(/7:8[\s\S]*first[\s\S]*second[\s\S]*of first[\s\S]*of second/);
    const unpushed = await buildElsewhere('third', { push: 'false' }, env);
    expect(unpushed.log).toMatch(/first[\s\S]*second[\s\S]*third/);
    expect(results.caches()).toHaveLength(2);
  });

  it('are as the last run left them, from a folder of the runner', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kept-mounts-'));
    try {
      await buildElsewhere('first', { 'cache-mounts-folder': folder });
      const second = await buildElsewhere('second', { 'cache-mounts-folder': folder });
      expect(second.errors).toEqual([]);
      expect(second.log).toMatch(/7:8[\s\S]*first[\s\S]*second/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('that cannot be filled cost the time they save, and no build', async () => {
    const result = await buildElsewhere('alone', { 'cache-mounts-image': `${shop.registry}/base/missing` });
    expect(result.errors).toEqual([]);
    expect(result.outputs.result).toBe('success');
    const warnings = result.commands.filter(({ name }) => name === 'warning').map(({ message }) => message);
    expect(warnings).toEqual(expect.arrayContaining([expect.stringMatching(/cache mounts were not kept/)]));
  });

  it.each([
    [{ 'cache-mounts': 'a,b --mount' }, /names 'a,b --mount', which is no cache mount/],
    [{ 'cache-mounts': '/kept' }, /'cache-mounts-image' names none/],
    [{ 'cache-mounts-folder': 'inside' }, /inside the workspace/],
  ])('are refused as %j', async (inputs, words) => {
    const result = await shop.run({ image: `${shop.registry}/acme/mounts`, ...inputs });
    expect(result.errors).toEqual([expect.stringMatching(words)]);
  });
});
