import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { foreignDifferences, rewriteOwnReferences } from '../src/engine/own-references.ts';
import { stageOwnRepository } from '../src/engine/staging.ts';
import { refOf, remoteUses } from '../src/engine/uses.ts';

const repository = { slug: 'fairway-ci/fairway', ref: 'v0' };
const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

describe('own references', () => {
  it.each([
    ['      - uses: $/actions/notify', '      - uses: fairway-ci/fairway/actions/notify@v0'],
    ['        uses: $/actions/notify # why', '        uses: fairway-ci/fairway/actions/notify@v0 # why'],
    [
      "    uses: '$/.github/workflows/test.yml'",
      "    uses: 'fairway-ci/fairway/.github/workflows/test.yml@v0'",
    ],
  ])('rewrites %s', (from, to) => {
    expect(rewriteOwnReferences('f.yml', from, repository)).toEqual({
      text: to,
      rewritten: [{ file: 'f.yml', line: 1, from, to }],
    });
  });

  it.each([
    '      - uses: actions/checkout@3d3c42e # v7',
    '      # uses: $/actions/notify is how one refers to this repository',
    '      - run: echo "uses: $/actions/notify"',
    "      # '$/' is this repository",
    '      - uses: ./actions/notify',
    '',
  ])('leaves %s alone', (line) => {
    expect(rewriteOwnReferences('f.yml', line, repository)).toEqual({ text: line, rewritten: [] });
  });

  it('sees every other difference', () => {
    const source = 'a: 1\n    uses: $/x\nb: 2\n';
    const { text } = rewriteOwnReferences('f.yml', source, repository);
    expect(foreignDifferences('f.yml', source, text, repository)).toEqual([]);
    expect(foreignDifferences('f.yml', source, text.replace('b: 2', 'b: 3'), repository)).toHaveLength(1);
    expect(foreignDifferences('f.yml', source, text.replace('/x@v0', '/y@v0'), repository)).toHaveLength(1);
    expect(foreignDifferences('f.yml', source, `${text}c: 3\n`, repository)).toHaveLength(1);
  });
});

describe('remote uses', () => {
  it('finds each once, with path and ref, and none in comments or of its own', () => {
    const source = [
      '- uses: actions/setup-node@8207 # v7',
      '- uses: actions/setup-node@8207 # v7',
      '  uses: "owner/repo/sub/action@v1.2"',
      '# uses: a/b@v1',
      '- uses: $/actions/notify',
      '- uses: docker://alpine:3',
      '- uses: ./local',
    ].join('\n');
    expect(remoteUses(source)).toEqual([
      { repository: 'actions/setup-node', path: '', ref: '8207' },
      { repository: 'owner/repo', path: 'sub/action', ref: 'v1.2' },
    ]);
  });

  it("reads the ref from the caller's file", async () => {
    const caller = await readFile(new URL('../../../workflows/cicd/caller.yml', import.meta.url), 'utf8');
    expect(refOf('fairway-ci/fairway', caller)).toMatch(/^(v\d|[0-9a-f]{40}$)/);
    expect(refOf('somebody/else', caller)).toBeUndefined();
  });
});

describe('the staged copy', () => {
  it('holds workflows, definitions and bundles, with own references rewritten and nothing else', async () => {
    const source = await mkdtemp(join(tmpdir(), 'stage-source-'));
    const target = await mkdtemp(join(tmpdir(), 'stage-target-'));
    folders.push(source, target);
    await mkdir(join(source, '.github/workflows'), { recursive: true });
    await mkdir(join(source, 'actions/notify/dist/main'), { recursive: true });
    await mkdir(join(source, 'actions/notify/src'), { recursive: true });
    await writeFile(
      join(source, '.github/workflows/a.yml'),
      'jobs:\n  b:\n    uses: $/.github/workflows/b.yml\n',
    );
    await writeFile(join(source, 'actions/notify/action.yml'), 'name: n\nruns: { using: node24 }\n');
    await writeFile(join(source, 'actions/notify/dist/main/index.js'), 'run();\n');
    await writeFile(join(source, 'actions/notify/src/main.ts'), '');

    const copy = await stageOwnRepository(source, target, repository);

    expect(copy.rewritten.map(({ file, line }) => `${file}:${line}`)).toEqual(['.github/workflows/a.yml:3']);
    expect(await readFile(join(target, '.github/workflows/a.yml'), 'utf8')).toContain(
      'uses: fairway-ci/fairway/.github/workflows/b.yml@v0',
    );
    expect(await readFile(join(target, 'actions/notify/dist/main/index.js'), 'utf8')).toBe('run();\n');
    await expect(readFile(join(target, 'actions/notify/src/main.ts'))).rejects.toThrow('ENOENT');
  });

  it('says what to do when an action has no bundle', async () => {
    const source = await mkdtemp(join(tmpdir(), 'stage-source-'));
    folders.push(source);
    await mkdir(join(source, '.github/workflows'), { recursive: true });
    await mkdir(join(source, 'actions/notify'), { recursive: true });
    await writeFile(
      join(source, 'actions/notify/action.yml'),
      'name: n\nruns: { using: node24, main: dist/main/index.js }\n',
    );
    await expect(stageOwnRepository(source, join(source, 'out'), repository)).rejects.toMatchObject({
      code: 'not-built',
      remedy: expect.stringContaining('npm run build'),
    });
  });
});
