import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choose } from '../src/download.js';
import { accepts } from '../src/ensure.js';
import { type Platform, pinned, platformOf, type ToolName } from '../src/pinned.js';
import table from '../src/pinned.json' with { type: 'json' };
import { atLeast, versionIn } from '../src/version.js';

const names = Object.keys(table) as ToolName[];
const terraform = pinned('terraform');

describe('the table', () => {
  it.each(names)('pins %s over https, by SHA-256, at the version in its address', (name) => {
    const tool = pinned(name);
    const assets = Object.values(tool.assets);
    expect(assets.length).toBeGreaterThan(0);
    for (const asset of assets) {
      expect(asset.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(asset.url).toMatch(/^https:\/\//);
      expect(decodeURIComponent(asset.url)).toContain(tool.version);
    }
    expect(atLeast(tool.version, tool.minimum)).toBe(true);
  });
});

describe('choose', () => {
  it('takes the pinned release', () => {
    expect(choose('terraform', terraform, {}, 'linux-amd64')).toMatchObject({ version: terraform.version });
  });

  it('goes to the mirror with the original host in the path', () => {
    const { url } = choose(
      'terraform',
      terraform,
      { mirror: 'https://mirror.example/files/' },
      'linux-amd64',
    );
    expect(url).toMatch(/^https:\/\/mirror\.example\/files\/releases\.hashicorp\.com\/terraform\//);
  });

  it('refuses another version without its checksum, and takes it with one', () => {
    expect(() => choose('terraform', terraform, { version: '1.6.1' }, 'linux-amd64')).toThrow(/no checksum/);
    const chosen = choose(
      'terraform',
      terraform,
      { version: '1.6.1', sha256: 'A'.repeat(64) },
      'linux-amd64',
    );
    expect(chosen).toMatchObject({ version: '1.6.1', sha256: 'a'.repeat(64) });
    expect(chosen.url).toContain('terraform_1.6.1_linux');
  });

  it('refuses a platform that nothing is released for', () => {
    expect(() => choose('terraform', terraform, {}, undefined)).toThrow(/no release of it is pinned/);
  });
});

describe('accepts', () => {
  it.each([
    ['1.15.9', {}, true],
    ['1.5.7', {}, false],
    ['unknown', {}, true],
    ['unknown', { version: '1.9.0' }, false],
    ['1.9.0', { version: '1.9.0' }, true],
    ['1.9.1', { version: '1.9.0' }, false],
  ])('%s for %j: %s', (version, wanted, accepted) => {
    expect(accepts(terraform, version, wanted)).toBe(accepted);
  });
});

describe('versions', () => {
  it.each([
    ['Terraform v1.11.4\non linux_amd64', '1.11.4'],
    ['version.BuildInfo{Version:"v4.2.4"}', '4.2.4'],
    ['zizmor 1.32.0', '1.32.0'],
    ['Client Version: v1.32.4-dispatcher', '1.32.4-dispatcher'],
    ['version is set by build process', undefined],
  ])('%s', (answer, version) => {
    expect(versionIn(answer)).toBe(version);
  });

  it('orders as numbers do', () => {
    const part = fc.nat(99);
    fc.assert(
      fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (a, b) => {
        const value = ([x, y, z]: number[]) => ((x ?? 0) * 100 + (y ?? 0)) * 100 + (z ?? 0);
        expect(atLeast(a.join('.'), b.join('.'))).toBe(value(a) >= value(b));
      }),
    );
  });

  it.each([
    ['linux', 'x64', 'linux-amd64'],
    ['darwin', 'arm64', 'darwin-arm64'],
    ['win32', 'x64', 'windows-amd64'],
    ['freebsd', 'x64', undefined],
    ['linux', 's390x', undefined],
  ] as [NodeJS.Platform, string, Platform | undefined][])('%s %s is %s', (os, arch, platform) => {
    expect(platformOf(os, arch)).toBe(platform);
  });
});
