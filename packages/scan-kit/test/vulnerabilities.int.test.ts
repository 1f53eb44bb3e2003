import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leadPath } from '@fairway/local';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageVulnerabilities } from '../src/image/vulnerabilities.ts';

await leadPath('osv-scanner');

/** The facts of GHSA-xvch-5gv4-984h, in OSV's form, for one of its two ranges. */
const ADVISORY = {
  schema_version: '1.6.0',
  id: 'GHSA-xvch-5gv4-984h',
  modified: '2024-01-01T00:00:00Z',
  aliases: ['CVE-2021-44906'],
  summary: 'Prototype Pollution in minimist',
  affected: [
    {
      package: { ecosystem: 'npm', name: 'minimist', purl: 'pkg:npm/minimist' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '1.0.0' }, { fixed: '1.2.6' }] }],
    },
  ],
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
};

describe('osv-scanner, the real one, with a database of our own', () => {
  let temp: string;
  beforeEach(async () => {
    temp = await mkdtemp(join(tmpdir(), 'osv-'));
    // Where version 2.6.0 looks; its documentation still says osv-scanner/npm.
    const folder = join(temp, 'database/osv-scalibr/npm');
    await mkdir(folder, { recursive: true });
    await writeFile(join(temp, `${ADVISORY.id}.json`), JSON.stringify(ADVISORY));
    execFileSync('python3', [
      '-m',
      'zipfile',
      '-c',
      join(folder, 'all.zip'),
      join(temp, `${ADVISORY.id}.json`),
    ]);
    process.env.OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY = join(temp, 'database');
  });
  afterEach(async () => {
    delete process.env.OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY;
    await rm(temp, { recursive: true, force: true });
  });

  const scan = async (...packages: readonly (readonly [type: string, name: string, version: string])[]) => {
    const sbom = join(temp, 'sbom-linux-amd64.spdx.json');
    await writeFile(
      sbom,
      JSON.stringify({
        spdxVersion: 'SPDX-2.3',
        dataLicense: 'CC0-1.0',
        SPDXID: 'SPDXRef-DOCUMENT',
        name: 'sbom',
        documentNamespace: 'https://example.com/sbom',
        creationInfo: { creators: ['Tool: test'], created: '2026-01-01T00:00:00Z' },
        packages: packages.map(([type, name, version], index) => ({
          name,
          SPDXID: `SPDXRef-${index}`,
          versionInfo: version,
          downloadLocation: 'NOASSERTION',
          externalRefs: [
            {
              referenceCategory: 'PACKAGE-MANAGER',
              referenceType: 'purl',
              referenceLocator: `pkg:${type}/${name}@${version}`,
            },
          ],
        })),
        relationships: [],
      }),
    );
    return imageVulnerabilities({
      layout: '',
      digest: '',
      sboms: [sbom],
      provenances: [],
      dockerfile: 'Dockerfile',
      gitleaksConfig: '',
      temp,
      mirror: '',
      timeoutMs: 60_000,
    });
  };

  it('finds what an advisory names, with its score and what mends it', async () => {
    const found = await scan(
      ['npm', 'minimist', '1.2.5'],
      ['npm', 'sharp', '0.35.5'],
      ['generic', 'node', '24.21.0'],
    );
    expect(found).toMatchObject([
      {
        rule: 'CVE-2021-44906',
        severity: 'critical',
        message: 'minimist 1.2.5: Prototype Pollution in minimist. Fixed in 1.2.6.',
      },
    ]);
  });
  it('finds nothing in what is mended', async () => {
    expect(await scan(['npm', 'minimist', '1.2.6'])).toEqual([]);
  });
  it('finds nothing where nothing is named', async () => {
    expect(await scan()).toEqual([]);
  });
});
