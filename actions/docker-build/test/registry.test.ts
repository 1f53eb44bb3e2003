import { parseManifest } from '@fairway/image-registry';
import { describe, expect, it, test } from 'vitest';
import { mergeIndex } from '../src/merge.ts';
import { checkBudget, reportSizes } from '../src/size-report.ts';
import { smokeDockerfile } from '../src/smoke-test.ts';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

describe('merge', () => {
  const bare = (text: string, architecture: string) => ({
    digest: digest(text),
    text: JSON.stringify({ mediaType: 'application/vnd.oci.image.manifest.v1+json', layers: [], config: {} }),
    platform: { os: 'linux', architecture },
  });

  it('joins bare images and indexes, and keeps attestations', () => {
    const amd = {
      mediaType: 'm',
      digest: digest('1'),
      size: 1,
      platform: { os: 'linux', architecture: 'amd64' },
    };
    const proof = {
      mediaType: 'm',
      digest: digest('2'),
      size: 2,
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: { 'vnd.docker.reference.digest': digest('1') },
    };
    const index = { digest: digest('3'), text: JSON.stringify({ manifests: [amd, proof] }) };
    const merged = JSON.parse(mergeIndex([index, bare('4', 'arm64')], new Map([['a', 'b']])));
    expect(merged).toMatchObject({
      schemaVersion: 2,
      annotations: { a: 'b' },
      manifests: [amd, proof, { digest: digest('4'), platform: { os: 'linux', architecture: 'arm64' } }],
    });
    expect(parseManifest(JSON.stringify(merged))).toMatchObject({
      kind: 'index',
      manifests: [{ platform: 'linux/amd64' }, { attests: digest('1') }, { platform: 'linux/arm64' }],
    });
  });

  it('refuses the same platform twice', () => {
    expect(() => mergeIndex([bare('1', 'amd64'), bare('2', 'amd64')], new Map())).toThrow('linux/amd64');
  });
});

describe('sizes', () => {
  const content = (...layers: [string, number, string][]) => ({
    attestations: [],
    images: [
      {
        platform: 'linux/amd64',
        digest: digest('f'),
        size: layers.reduce((sum, [, size]) => sum + size, 0),
        layers: layers.map(([name, size, createdBy]) => ({ digest: digest(name), size, createdBy })),
        labels: {},
      },
    ],
  });

  it('names the layers that are new when the budget is broken', () => {
    const reports = reportSizes(
      content(['1', 900, 'FROM base'], ['2', 300, 'COPY node_modules'], ['3', 10, 'COPY x']),
      content(['1', 900, 'FROM base'], ['9', 100, 'COPY node_modules']),
    );
    expect(reports[0]).toMatchObject({ size: 1210, before: 1000 });
    expect(() => checkBudget(reports, 1000)).toThrow(
      /New layers:\n {2}300 B {2}COPY node_modules\n {2}10 B {2}COPY x$/,
    );
    expect(() => checkBudget(reports, 1210)).not.toThrow();
  });
});

describe('the smoke test’s Dockerfile', () => {
  it('hands the command over as data', () => {
    expect(smokeDockerfile('node -e "1"\nUSER root')).toBe(
      'FROM fairway-image\nRUN ["/bin/sh","-ec","node -e \\"1\\"\\nUSER root"]\n',
    );
    expect(smokeDockerfile('["/app", "--version"]')).toBe('FROM fairway-image\nRUN ["/app","--version"]\n');
  });

  test.each(['[1]', '[]', '["a"', '[["a"]]'])('refuses %s', (command) => {
    expect(() => smokeDockerfile(command)).toThrow('no JSON array of strings');
  });
});
