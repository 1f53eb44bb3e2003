import { expect, it } from 'vitest';
import { compareVersions, parseVersion } from '../src/version.ts';

it('orders as semver.org section 11 has it', () => {
  const ordered = [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.1',
    '1.2.0',
    '1.10.0',
    '2.0.0',
  ].map((text) => parseVersion(text) ?? raise(text));
  for (const [i, a] of ordered.entries()) {
    for (const [j, b] of ordered.entries()) {
      expect(Math.sign(compareVersions(a, b)), `${a.text} against ${b.text}`).toBe(Math.sign(i - j));
    }
  }
});

function raise(text: string): never {
  throw new Error(`${text} is no version`);
}
