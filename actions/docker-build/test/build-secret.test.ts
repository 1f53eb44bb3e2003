import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { parseBuildSecrets, secretsIn, suspiciousKeys } from '../src/build-secret.ts';
import { parseBuilder } from '../src/builder-choice.ts';
import { parseByteSize } from '../src/byte-size.ts';

describe('build secrets', () => {
  it('are named, and read where they are', () => {
    const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
    try {
      writeFileSync(join(folder, 'npmrc'), 'short\n');
      expect(parseBuildSecrets(['a=TOKEN', 'b=./npmrc'], { TOKEN: 'x-y-z' }, folder)).toEqual([
        { id: 'a', from: { env: 'TOKEN' } },
        { id: 'b', from: { file: join(folder, 'npmrc') } },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    ['a=UNSET', 'variable UNSET, which is not set'],
    ['a=./nope', "file './nope', which is missing"],
    ['a=not-a-name', 'neither an environment variable nor a file'],
    ['hunter2', 'not of the form'],
    ['a,src=/etc/shadow=X', 'not of the form'],
  ])('%s is refused', (line, why) => {
    expect(() => parseBuildSecrets([line], {}, process.cwd())).toThrow(why);
  });

  test.each([
    ['only-this\n', ['only-this']],
    ['//r.example/:_authToken=npm-token==', ['//r.example/:_authToken=npm-token==', 'npm-token==']],
    ["export A='quoted value'", ["export A='quoted value'", 'quoted value']],
    ["KEY='quoted value'\r\n", ["KEY='quoted value'", 'quoted value']],
    ['machine h login me password net-secret', ['machine h login me password net-secret', 'net-secret']],
    ['{\n  "k": "json-secret"\n}', ['"k": "json-secret"', 'json-secret']],
    ['short\n{\n', []],
  ])('of the file %j hide', (text, hidden) => {
    expect(secretsIn(text)).toEqual(hidden);
  });

  it('are missed in build arguments', () => {
    const keys = [
      'NPM_TOKEN',
      'db-password',
      'API_KEY',
      'APIKEY',
      'AUTH',
      'GITHUB_PAT',
      'VERSION',
      'TOKENIZER',
      'AUTHOR',
      'PASSAGE',
    ];
    expect(suspiciousKeys(keys)).toEqual([
      'NPM_TOKEN',
      'db-password',
      'API_KEY',
      'APIKEY',
      'AUTH',
      'GITHUB_PAT',
    ]);
  });
});

test.each([
  ['', { kind: 'current' }],
  ['my-builder', { kind: 'named', name: 'my-builder' }],
  ['tcp://10.0.0.1:1234', { kind: 'remote', address: 'tcp://10.0.0.1:1234' }],
  ['docker-container://bk', { kind: 'remote', address: 'docker-container://bk' }],
])('builder %j', (text, expected) => {
  expect(parseBuilder(text)).toEqual(expected);
});

test.each(['--help', 'a b', 'http://x', 'unix://', 'a/../b'])('builder %j is refused', (text) => {
  expect(() => parseBuilder(text)).toThrow("The input 'builder'");
});

test.each([
  ['4096', 4096],
  ['200MiB', 200 * 1024 ** 2],
  ['1.5 GB', 1.5e9],
  ['10kb', 10_000],
])('%s is %d bytes', (text, bytes) => {
  expect(parseByteSize('x', text)).toBe(bytes);
});
