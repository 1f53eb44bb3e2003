import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layOut } from '../src/image/layers.ts';
import { type Origin, originsOf } from '../src/image/origins.ts';
import { findingOf, refuseUnreadLayer } from '../src/image/secrets.ts';
import { readOsv } from '../src/image/vulnerabilities.ts';
import { leaksIn } from '../src/index.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const chain = (...letters: string[]) => [letters.map((letter) => ({ digest: digest(letter), size: 1 }))];
const at = (line: number) => ({ locations: [{ ranges: [{ start: { line }, end: { line } }] }] });

/** As BuildKit 0.34 writes it with mode=max, cut down to what is read. */
const provenance = {
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: {
    buildDefinition: {
      internalParameters: {
        buildConfig: {
          llbDefinition: [
            {
              id: 'step0',
              op: { Op: { source: { identifier: 'docker-image://docker.io/library/node:24@sha256:1' } } },
            },
            { id: 'step1', op: { Op: { file: {} } }, inputs: ['step0:0'] },
            { id: 'step10', op: { Op: { exec: {} } }, inputs: ['step1:0'] },
          ],
        },
      },
    },
    runDetails: {
      metadata: {
        buildkit_metadata: {
          source: { locations: { step0: at(20), step1: at(21), step10: at(23) } },
          layers: {
            'step10:0': chain('a', 'b', 'c', 'd'),
            'step0:0': chain('a', 'b'),
            'step1:0': chain('a', 'b', 'c'),
          },
        },
      },
    },
  },
};

describe('where a layer comes from', () => {
  const base: Origin = { by: 'base-image', image: 'docker.io/library/node:24@sha256:1' };
  it('is the base image, or the line of the Dockerfile that made it', () => {
    expect([...originsOf(provenance)].sort()).toEqual([
      [digest('a'), base],
      [digest('b'), base],
      [digest('c'), { by: 'dockerfile', line: 21 }],
      [digest('d'), { by: 'dockerfile', line: 23 }],
    ]);
  });
  it.each([undefined, {}, { predicate: { runDetails: 'x' } }, []])('is not known from %j', (statement) => {
    expect(originsOf(statement).size).toBe(0);
  });
});

describe('a secret in an image', () => {
  const [leak] = leaksIn([
    { RuleID: 'aws-access-token', Description: 'An AWS key.', File: 'x.tar.gz!app/.env', StartLine: 3 },
  ]);
  const found = (layer: string | undefined, origin: Origin | undefined, inside = 'app/.env') => {
    if (leak === undefined) throw new Error('no leak');
    return findingOf(leak, { layer, inside, origin, dockerfile: 'api/Dockerfile' });
  };

  it('is on the line that brought it in, and blocks', () => {
    expect(found(digest('d'), { by: 'dockerfile', line: 23 })).toMatchObject({
      severity: 'critical',
      path: 'api/Dockerfile',
      startLine: 23,
      inside: 'app/.env',
      message: expect.stringMatching(/\/app\/\.env.*sha256:dddd.*line 23.*stays there/),
    });
  });
  it('of the base image is told, and is not for this repository to mend', () => {
    expect(found(digest('a'), { by: 'base-image', image: 'ruby:3' })).toMatchObject({
      severity: 'medium',
      message: expect.stringContaining('base image ruby:3'),
    });
  });
  it('in a layer that nobody tells of counts as our own', () => {
    expect(found(digest('e'), undefined)).toMatchObject({ severity: 'critical', startLine: 1 });
  });
  it('in the configuration is in no file', () => {
    const finding = found(undefined, undefined, '');
    expect(finding.message).toContain('environment');
    expect(finding.inside).toBeUndefined();
  });
  it('keeps its fingerprint when only the layer is another', () => {
    expect(found(digest('d'), undefined).fingerprint).toBe(found(digest('e'), undefined).fingerprint);
    expect(found(digest('d'), undefined).fingerprint).not.toBe(
      found(digest('d'), undefined, 'etc/x').fingerprint,
    );
  });
});

it('a layer that gitleaks could not read is no clean one', () => {
  const stderr =
    '10:43AM ERR error="could not read file: unexpected EOF" path=x.tar.gz!etc/a\n10:43AM INF no leaks found';
  expect(() => refuseUnreadLayer({ exitCode: 0, stderr })).toThrow(/unexpected EOF/);
  expect(() => refuseUnreadLayer({ exitCode: 2, stderr: '' })).toThrow(/could not look through/);
  expect(() => refuseUnreadLayer({ exitCode: 0, stderr: '10:43AM INF no leaks found' })).not.toThrow();
});

describe('an image laid out for a scanner', () => {
  let layout: string;
  let temp: string;
  beforeEach(async () => {
    temp = await mkdtemp(join(tmpdir(), 'layout-'));
    layout = join(temp, 'image');
    await mkdir(join(layout, 'blobs/sha256'), { recursive: true });
    await writeFile(join(temp, 'hello'), 'hello\n');
  });
  afterEach(() => rm(temp, { recursive: true, force: true }));

  const put = async (content: Buffer | string) => {
    const hex = createHash('sha256').update(content).digest('hex');
    await writeFile(join(layout, 'blobs/sha256', hex), content);
    return { digest: `sha256:${hex}`, size: Buffer.byteLength(content), mediaType: 'x' };
  };
  const image = async (...layers: (Buffer | string)[]) =>
    put(
      JSON.stringify({
        config: await put(JSON.stringify({ config: { Env: ['A=1'] } })),
        layers: await Promise.all(layers.map(put)),
      }),
    );
  const tar = () => execFileSync('tar', ['--format=ustar', '-C', temp, '-cf', '-', 'hello']);

  it('has every layer under a name that says how it is packed, each once', async () => {
    const [plain, packed] = [tar(), gzipSync(tar())];
    const one = await image(packed, plain);
    const two = await image(packed);
    const attestation = { ...(await image()), annotations: { 'vnd.docker.reference.digest': one.digest } };
    const index = await put(JSON.stringify({ manifests: [one, two, attestation] }));
    const { layers, configurations } = await layOut(layout, index.digest, join(temp, 'out'));
    const names = [...layers.keys()].map((name) => name.slice(64)).sort();
    expect(names).toEqual(['.tar', '.tar.gz']);
    expect((await readdir(join(temp, 'out'))).sort()).toEqual(
      [...layers.keys(), ...new Set(configurations)].sort(),
    );
    const [name = '', of = ''] = [...layers].find(([file]) => file.endsWith('.gz')) ?? [];
    expect(await readFile(join(temp, 'out', name))).toEqual(packed);
    expect(of).toBe(`sha256:${name.slice(0, 64)}`);
  });
  it('has the layers of an index within an index too', async () => {
    const inner = await put(JSON.stringify({ manifests: [await image(tar())] }));
    const outer = await put(JSON.stringify({ manifests: [inner] }));
    expect((await layOut(layout, outer.digest, join(temp, 'out'))).layers.size).toBe(1);
  });
  it('is refused when a layer is in no format that can be looked into', async () => {
    await expect(layOut(layout, (await image('x'.repeat(400))).digest, join(temp, 'out'))).rejects.toThrow(
      /no format that can be looked into/,
    );
  });
});

describe('what osv-scanner reports', () => {
  const report = (max_severity: string, events: unknown[]) => ({
    results: [
      {
        packages: [
          {
            package: { name: 'minimist', version: '0.0.8', ecosystem: 'npm' },
            vulnerabilities: [
              {
                id: 'GHSA-xvch-5gv4-984h',
                summary: 'Prototype Pollution',
                affected: [{ ranges: [{ events }] }],
              },
            ],
            groups: [{ ids: ['GHSA-xvch-5gv4-984h'], aliases: ['CVE-2021-44906'], max_severity }],
          },
        ],
      },
    ],
  });
  it.each([
    ['9.8', 'critical'],
    ['7.0', 'high'],
    ['4.0', 'medium'],
    ['0.1', 'low'],
    ['', 'medium'],
  ])('a score of %j is %s', (score, severity) => {
    expect(readOsv(report(score, []), 'Dockerfile')).toMatchObject([{ severity, rule: 'CVE-2021-44906' }]);
  });
  it('names package, version and what mends it', () => {
    const events = [{ introduced: '0' }, { fixed: '0.2.4' }, { introduced: '1.0.0' }, { fixed: '1.2.6' }];
    const [finding] = readOsv(report('9.8', events), 'Dockerfile');
    expect(finding?.message).toBe('minimist 0.0.8: Prototype Pollution. Fixed in 0.2.4, 1.2.6.');
  });
  it.each([undefined, [], { results: [{ packages: [{ groups: 'x' }] }] }])('may be %j', (given) => {
    expect(readOsv(given, 'Dockerfile')).toEqual([]);
  });
});
