import { describe, expect, it, test } from 'vitest';
import { parseChallenge, tokenUrl } from '../src/challenge.ts';

describe('challenge', () => {
  it('is read as ghcr.io words it', () => {
    const challenge = parseChallenge(
      'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:a/b:pull,push"',
    );
    expect(challenge).toEqual({
      scheme: 'bearer',
      realm: 'https://ghcr.io/token',
      service: 'ghcr.io',
      scope: 'repository:a/b:pull,push',
    });
    if (challenge?.scheme !== 'bearer') throw new Error('not bearer');
    expect(tokenUrl(challenge, 'other')).toBe(
      'https://ghcr.io/token?service=ghcr.io&scope=repository%3Aa%2Fb%3Apull%2Cpush',
    );
  });

  test.each([
    ['Basic realm="Registry"', { scheme: 'basic' }],
    ['Bearer realm="/relative"', undefined],
    ['Negotiate abc', undefined],
    ['', undefined],
  ])('%s', (header, expected) => {
    expect(parseChallenge(header)).toEqual(expected);
  });
});
