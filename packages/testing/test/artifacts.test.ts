import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DefaultArtifactClient } from '@actions/artifact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { artifactsOf, type ResultsService, runBundle, startGitHub, startResults } from '../src/index.js';
import { blockList, byteRange } from '../src/results/blob-protocol.js';
import { scratchFolder } from './scratch-folder.js';

let results: ResultsService;
let folder: string;

beforeEach(async () => {
  results = await startResults();
  folder = await scratchFolder();
  vi.stubEnv('GITHUB_WORKSPACE', folder);
  vi.stubEnv('GITHUB_SERVER_URL', 'https://github.com');
  use({});
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await results.close();
});

function use(identity: { run?: string; job?: string }): void {
  for (const [name, value] of Object.entries(results.envFor(identity))) vi.stubEnv(name, value);
}

async function file(name: string, content: string | Buffer): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

describe('the results service with @actions/artifact', () => {
  it('takes an upload of several blocks and gives it back byte for byte', async () => {
    const content = randomBytes(20 * 1024 * 1024);
    const client = new DefaultArtifactClient();
    const uploaded = await client.uploadArtifact('big', [await file('big.bin', content)], folder, {
      compressionLevel: 0,
    });
    expect(results.requests.filter(({ query }) => query.comp === 'block').length).toBeGreaterThan(1);
    expect(results.artifacts()).toMatchObject([
      { name: 'big', size: uploaded.size, digest: `sha256:${uploaded.digest}` },
    ]);

    const target = join(folder, 'down');
    const found = await client.getArtifact('big');
    const down = await client.downloadArtifact(found.artifact.id, {
      path: target,
      expectedHash: `sha256:${uploaded.digest}`,
    });
    expect(down.digestMismatch).toBe(false);
    const back = await readFile(join(target, 'big.bin'));
    expect(sha(back)).toBe(sha(content));
  });

  it('serves several jobs of a run at once, and keeps runs apart', async () => {
    const paths = await Promise.all(
      [1, 2, 3, 4].map((shard) => file(`shard-${shard}.txt`, `shard ${shard}`)),
    );
    const client = new DefaultArtifactClient();
    await Promise.all(paths.map((path, index) => client.uploadArtifact(`shard-${index}`, [path], folder)));
    use({ job: '77' });
    const { artifacts } = await client.listArtifacts();
    expect(artifacts.map(({ name }) => name).sort()).toEqual(['shard-0', 'shard-1', 'shard-2', 'shard-3']);
    use({ run: '2' });
    expect((await client.listArtifacts()).artifacts).toEqual([]);
    await expect(client.getArtifact('shard-0')).rejects.toThrow(/not found/i);
  });

  it('refuses a second artifact of the same name, until the first is deleted', async () => {
    const client = new DefaultArtifactClient();
    const path = await file('a.txt', 'a');
    await client.uploadArtifact('one', [path], folder);
    await expect(client.uploadArtifact('one', [path], folder)).rejects.toThrow(/\(409\).*already exists/);
    await client.deleteArtifact('one');
    await client.uploadArtifact('one', [path], folder);
    expect(results.artifacts('1')).toHaveLength(1);
  });

  it('keeps a file that was uploaded unarchived under its own name', async () => {
    const client = new DefaultArtifactClient();
    const { id } = await client.uploadArtifact('ignored', [await file('report.html', '<p>')], folder, {
      skipArchive: true,
    });
    const target = join(folder, 'down');
    await client.downloadArtifact(id ?? 0, { path: target });
    expect(await readFile(join(target, 'report.html'), 'utf8')).toBe('<p>');
  });

  it('lets the REST API list and download the same artifacts', async () => {
    const path = await file('junit.xml', '<testsuites/>');
    await new DefaultArtifactClient().uploadArtifact('junit', [path], folder);
    const run = { id: 9, headSha: 'a'.repeat(40), headBranch: 'main', event: 'push', workflow: 'ci' };
    const github = await startGitHub({
      runs: [
        {
          ...run,
          status: 'completed',
          conclusion: 'success',
          jobs: [],
          artifacts: artifactsOf(results, '1'),
        },
      ],
    });
    const result = await runBundle({
      action: join(import.meta.dirname, 'fixtures', 'fetch-artifact-action'),
      inputs: { name: 'junit', run: 9 },
      env: github.env,
    });
    expect(result.log).not.toContain('##[error]');
    expect(result.outputs.content).toBe('<testsuites/>');
    await github.close();
  });

  it('refuses a token that speaks for another run, and none at all', async () => {
    const url = `${results.url}/twirp/github.actions.results.api.v1.ArtifactService/ListArtifacts`;
    const body = JSON.stringify({ workflow_run_backend_id: '1', workflow_job_run_backend_id: '2' });
    const other = results.envFor({ run: '2' }).ACTIONS_RUNTIME_TOKEN;
    const status = async (authorization: string) =>
      (await fetch(url, { method: 'POST', body, headers: { authorization } })).status;
    expect(await status(`Bearer ${other}`)).toBe(403);
    expect(await status('Bearer nonsense')).toBe(401);
    expect(await status('')).toBe(401);
  });

  it('lets nobody read or write a blob without its signature', async () => {
    const client = new DefaultArtifactClient();
    await client.uploadArtifact('one', [await file('a.txt', 'a')], folder);
    const [artifact] = results.artifacts();
    if (!artifact) throw new Error('nothing was stored');
    const url = new URL(results.artifactUrl(artifact));
    expect((await fetch(url, { headers: { range: 'bytes=0-3' } })).status).toBe(206);
    expect(
      (await fetch(url, { method: 'PUT', body: 'x', headers: { 'x-ms-blob-type': 'BlockBlob' } })).status,
    ).toBe(403);
    url.searchParams.set('sig', 'guess');
    expect((await fetch(url)).status).toBe(403);
  });

  it('survives nonsense', async () => {
    expect((await fetch(`${results.url}/twirp/a/b`, { method: 'POST', body: '{' })).status).toBe(404);
    expect((await fetch(`${results.url}/`)).status).toBe(404);
    expect((await fetch(`${results.url}/storage/blobs/..%2f..%2fetc%2fpasswd`)).status).toBe(403);
    expect((await new DefaultArtifactClient().listArtifacts()).artifacts).toEqual([]);
  });
});

describe('byteRange', () => {
  it.each([
    [undefined, 10, undefined],
    ['bytes=0-', 10, { start: 0, end: 9 }],
    ['bytes=2-4', 10, { start: 2, end: 4 }],
    ['bytes=2-99', 10, { start: 2, end: 9 }],
    ['bytes=10-', 10, 'unsatisfiable'],
    ['bytes=0-0', 0, 'unsatisfiable'],
    ['bytes=5-4', 10, 'unsatisfiable'],
    ['lines=1-2', 10, undefined],
  ])('reads %s of %i bytes', (header, size, expected) => {
    expect(byteRange(header, size)).toEqual(expected);
  });
});

it('reads block ids in their order', () => {
  expect(blockList('<BlockList><Latest>Qg==</Latest><Uncommitted>QQ==</Uncommitted></BlockList>')).toEqual([
    'Qg==',
    'QQ==',
  ]);
});

function sha(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
