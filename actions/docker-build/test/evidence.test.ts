import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ContentStore, ImageContent } from '@fairway/image-registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gatherEvidence, packagesOf } from '../src/evidence.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const image = (letter: string, platform: string) => ({
  platform,
  digest: digest(letter),
  size: 1,
  layers: [],
  labels: {},
});
const spdx = (...names: string[]) => ({
  spdxVersion: 'SPDX-2.3',
  packages: [
    { SPDXID: 'SPDXRef-Root', name: 'sbom' },
    ...names.map((name) => ({ SPDXID: `SPDXRef-${name}`, name, versionInfo: '1.0.0' })),
  ],
  relationships: [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-Root' },
  ],
});

describe('what is attested', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evidence-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const store = (blobs: Readonly<Record<string, unknown>>): ContentStore => ({
    manifest: async () => '',
    blob: async (of) => {
      if (blobs[of] === undefined) throw new Error('it is gone');
      return JSON.stringify(blobs[of]);
    },
  });
  const about = (letter: string, predicate: string, blob: string) => ({
    predicate,
    blob: digest(blob),
    about: digest(letter),
  });
  const [SPDX, SLSA] = ['https://spdx.dev/Document', 'https://slsa.dev/provenance/v1'];

  it('is written for each platform, the SBOM as the document that other tools read', async () => {
    const content: ImageContent = {
      images: [image('a', 'linux/amd64'), image('b', 'linux/arm/v7')],
      attestations: [about('a', SPDX, '1'), about('a', SLSA, '2'), about('b', SPDX, '3')],
    };
    const blobs = {
      [digest('1')]: { predicate: spdx('sharp', 'pg') },
      [digest('2')]: { predicateType: SLSA, predicate: { buildDefinition: {} } },
      [digest('3')]: { predicate: spdx('sharp') },
    };
    const found = await gatherEvidence(store(blobs), content, join(folder, 'new'));
    expect(found.packages).toBe(3);
    expect(found.sboms.map((path) => basename(path))).toEqual([
      'sbom-linux-amd64.spdx.json',
      'sbom-linux-arm-v7.spdx.json',
    ]);
    expect(found.provenances.map((path) => basename(path))).toEqual(['provenance-linux-amd64.intoto.json']);
    expect(JSON.parse(await readFile(found.sboms[0] ?? '', 'utf8'))).toMatchObject({
      spdxVersion: 'SPDX-2.3',
    });
    expect(JSON.parse(await readFile(found.provenances[0] ?? '', 'utf8'))).toMatchObject({
      predicateType: SLSA,
    });
  });

  it('that says two things of one platform keeps both', async () => {
    const content = {
      images: [image('a', 'linux/amd64')],
      attestations: [about('a', SPDX, '1'), about('a', SPDX, '2')],
    };
    const blobs = { [digest('1')]: { predicate: spdx('a') }, [digest('2')]: { predicate: spdx('b') } };
    const { sboms } = await gatherEvidence(store(blobs), content, folder);
    expect(new Set(sboms).size).toBe(2);
  });

  it('that cannot be read is warned of, and the rest is kept', async () => {
    const content = {
      images: [image('a', 'linux/amd64')],
      attestations: [about('a', SPDX, '9'), about('a', SLSA, '2')],
    };
    const found = await gatherEvidence(store({ [digest('2')]: {} }), content, folder);
    expect(found).toMatchObject({ sboms: [], provenances: [expect.stringContaining('provenance-')] });
    expect(found.packages).toBeUndefined();
  });
});

describe('the packages of an SBOM', () => {
  it('are all but the one that stands for the whole', () => {
    expect(packagesOf(spdx('sharp'))).toEqual([{ name: 'sharp', version: '1.0.0' }]);
  });
  it.each([undefined, null, 'text', { packages: 'none' }, { packages: [{}] }])(
    'are none in %j',
    (document) => {
      expect(packagesOf(document)).toEqual([]);
    },
  );
});
