import { type ResultsService, startResults } from '@fairway/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { missing } from './real/parts.ts';
import { Workshop } from './real/workshop.ts';

const OTHER_COMMIT = 'f'.repeat(40);

describe.skipIf(missing !== '')(`a job for each platform${missing && ` (missing: ${missing})`}`, () => {
  let shop: Workshop;
  let results: ResultsService;

  beforeAll(async () => {
    [shop, results] = await Promise.all([Workshop.open(), startResults()]);
  });
  afterAll(() => Promise.all([shop?.close(), results?.close()]));
  beforeEach(() => shop.freshWorkspace());

  /** Each test is a run of its own, with its own artifacts. */
  function scene(run: string) {
    const image = `${shop.registry}/acme/${run}`;
    const env = results.envFor({ run });
    const shared = { image, 'digest-artifact': 'image' };
    return {
      image,
      build: (platforms: string, more: Record<string, string> = {}, sha?: string) =>
        shop.run({ ...shared, push: 'true', platforms, ...more }, { env, ...(sha && { github: { sha } }) }),
      merge: (platforms: string) => shop.run({ ...shared, phase: 'merge', platforms }, { env }),
    };
  }

  it('is pushed without a tag, also when it is looked at first', async () => {
    const { build, merge } = scene('looked-at');
    const parts = [
      await build('linux/amd64', { 'scan-command': 'test -e "$IMAGE_LAYOUT/index.json"' }),
      await build('linux/arm64'),
    ];
    for (const part of parts) {
      expect(part.errors).toEqual([]);
      expect(part.outputs).toMatchObject({ pushed: 'true', tags: '', result: 'success' });
    }
    const tags = await shop.tags('acme/looked-at');
    expect(tags.filter((tag) => !tag.startsWith('buildcache-'))).toEqual([]);
    const merged = await merge('["linux/amd64", "linux/arm64"]');
    expect(merged.errors).toEqual([]);
    expect(await shop.digestOf('acme/looked-at', 'main')).toBe(merged.outputs.digest);
  });

  it('built again in a later attempt, is merged as it is now', async () => {
    const { build, merge } = scene('attempts');
    await build('linux/amd64');
    await shop.write('hello', 'second attempt\n');
    const second = await build('linux/amd64');
    const merged = await merge('linux/amd64');
    expect(merged.errors).toEqual([]);
    const index = await shop.json('acme/attempts/manifests/main');
    const built = await shop.json(`acme/attempts/manifests/${second.outputs.digest}`);
    expect(index.manifests[0].digest).toBe(built.manifests[0].digest);
  });

  it('that is missing stops the merge, and no tag moves', async () => {
    const { build, merge } = scene('missing');
    await build('linux/amd64');
    const merged = await merge('linux/amd64,linux/arm64');
    expect(merged.errors).toEqual([
      expect.stringMatching(/No build of .*acme\/missing for linux\/arm64 handed on a digest/),
    ]);
    expect(merged.outputs).toMatchObject({ result: 'failure', pushed: 'false' });
    expect((await shop.fetch('acme/missing/manifests/main')).status).toBe(404);
  });

  it('of another commit is not merged, whoever wrote its artifact', async () => {
    const { build, merge } = scene('stale');
    expect((await build('linux/amd64', {}, OTHER_COMMIT)).errors).toEqual([]);
    const merged = await merge('linux/amd64');
    expect(merged.errors).toEqual([expect.stringContaining(`it was built from ${OTHER_COMMIT}`)]);
    expect((await shop.fetch('acme/stale/manifests/main')).status).toBe(404);
  });

  it('names its platform', async () => {
    const { build } = scene('unnamed');
    expect((await build('')).errors).toEqual([
      expect.stringMatching(/'digest-artifact' hands on the image of one platform, and 'platforms' names 0/),
    ]);
  });
});
