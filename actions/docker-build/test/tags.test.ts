import { isTag, toTag } from '@fairway/image-registry';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { DEFAULT_RULES, parseTagRule } from '../src/tag-rule.ts';
import { onlyForward, planTags, type TagFacts } from '../src/tags.ts';
import { parseVersion, type Version } from '../src/version.ts';

const push: TagFacts = {
  eventName: 'push',
  refType: 'branch',
  refName: 'main',
  sha: '4d1f0c3e5b6a79880123456789abcdef01234567',
  now: new Date('2026-02-03T04:05:06Z'),
};
const release: TagFacts = { ...push, refType: 'tag', refName: 'v1.4.2' };
const pull: TagFacts = { ...push, eventName: 'pull_request', refName: '7/merge', pullRequest: 7 };

function names(rules: readonly string[], facts: TagFacts): string[] {
  return planTags(rules.map(parseTagRule), facts).map(({ name }) => name);
}

describe('without rules', () => {
  test.each<[string, TagFacts, string[]]>([
    ['a branch', push, ['main', 'sha-4d1f0c3e5b6a']],
    [
      'a branch with a slash',
      { ...push, refName: 'feature/Login #3' },
      ['feature-Login-3', 'sha-4d1f0c3e5b6a'],
    ],
    ['a release', release, ['1.4.2', '1.4', '1', 'latest', 'sha-4d1f0c3e5b6a']],
    [
      'a release before 1.0',
      { ...release, refName: 'v0.3.1' },
      ['0.3.1', '0.3', 'latest', 'sha-4d1f0c3e5b6a'],
    ],
    ['a pre-release', { ...release, refName: 'v2.0.0-rc.1' }, ['2.0.0-rc.1', 'sha-4d1f0c3e5b6a']],
    [
      'build metadata, whose + no tag may hold',
      { ...release, refName: '1.0.0+b7' },
      ['1.0.0_b7', '1.0', '1', 'latest', 'sha-4d1f0c3e5b6a'],
    ],
    ['a tag that is no version', { ...release, refName: 'blue' }, ['blue', 'sha-4d1f0c3e5b6a']],
    ['a pull request', pull, ['pr-7', 'sha-4d1f0c3e5b6a']],
    ['a schedule', { ...push, eventName: 'schedule' }, ['nightly', 'sha-4d1f0c3e5b6a']],
  ])('%s', (_, facts, expected) => {
    expect(names(DEFAULT_RULES, facts)).toEqual(expected);
  });
});

describe('rules', () => {
  test.each<[string, TagFacts, string[]]>([
    ['stable', push, ['stable']],
    ['type=raw,value=edge,enable=false', push, ['sha-4d1f0c3e5b6a']],
    ['type=raw,value={{branch}}-{{date}}', push, ['main-20260203']],
    ['type=sha,format=long,prefix=', push, [push.sha]],
    ['type=ref,event=branch,prefix=b-,suffix=-x', push, ['b-main-x']],
    ['type=ref,event=tag', release, ['v1.4.2']],
    ['type=ref,event=pr', pull, ['pr-7']],
    ['type=pr,prefix=pull-', pull, ['pull-7']],
    ['type=semver,pattern=v{{major}}.{{minor}}.{{patch}}', release, ['v1.4.2']],
    ['type=semver,pattern={{version}},value=9.8.7', push, ['9.8.7']],
    ['"type=match","pattern=v(\\d{1,3})\\.","group=1"', release, ['1']],
    ['type=schedule,pattern=weekly-{{date}}', { ...push, eventName: 'schedule' }, ['weekly-20260203']],
  ])('%s', (rule, facts, expected) => {
    expect(names([rule], facts)).toEqual(expected);
  });

  test.each([
    ['type=nope', "its type is 'nope'"],
    ['type=sha,patern=x', "not 'patern'"],
    ['type=raw,value=', "needs 'value'"],
    ['type=raw,value=x,enable=maybe', 'must be true or false'],
    ['type=match,pattern=(', 'no regular expression'],
  ])('%s is refused', (line, why) => {
    expect(() => parseTagRule(line)).toThrow(why);
  });

  it('refuses a tag that no registry takes', () => {
    expect(() => names(['type=raw,value=a b'], push)).toThrow("'a b', which is no legal tag");
  });

  it('gives legal tags, at least one, whatever a branch is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (refName) => {
        const tags = names(DEFAULT_RULES, { ...push, refName });
        expect(tags.length).toBeGreaterThan(0);
        for (const tag of tags) expect(isTag(tag)).toBe(true);
      }),
    );
  });

  it('leaves a legal tag as it is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.]{0,127}$/), (tag) => {
        expect(toTag(tag)).toBe(tag);
      }),
    );
  });
});

describe('moving tags', () => {
  function after(refName: string, inRegistry: string[]): string[] {
    return onlyForward(
      planTags(DEFAULT_RULES.map(parseTagRule), { ...release, refName }),
      inRegistry,
    ).kept.map(({ name }) => name);
  }

  test.each<[string, string, string[], string[]]>([
    ['nothing there yet', 'v1.4.2', [], ['1.4.2', '1.4', '1', 'latest', 'sha-4d1f0c3e5b6a']],
    [
      'the same again',
      'v1.4.2',
      ['1.4.2', '1.4', 'latest'],
      ['1.4.2', '1.4', '1', 'latest', 'sha-4d1f0c3e5b6a'],
    ],
    ['a patch of an older major', 'v1.4.2', ['2.0.0'], ['1.4.2', '1.4', '1', 'sha-4d1f0c3e5b6a']],
    ['a patch of an older minor', 'v1.4.2', ['1.5.0'], ['1.4.2', '1.4', 'sha-4d1f0c3e5b6a']],
    ['an older patch, late', 'v1.4.2', ['1.4.10'], ['1.4.2', 'sha-4d1f0c3e5b6a']],
    [
      'a newer pre-release does not hold it back',
      'v1.4.2',
      ['2.0.0-rc.1', 'v2-beta'],
      ['1.4.2', '1.4', '1', 'latest', 'sha-4d1f0c3e5b6a'],
    ],
    ['tags with a v count too', 'v1.4.2', ['v3.0.0'], ['1.4.2', '1.4', '1', 'sha-4d1f0c3e5b6a']],
  ])('%s', (_, refName, inRegistry, expected) => {
    expect(after(refName, inRegistry)).toEqual(expected);
  });

  it('never lets latest go backwards, in whatever order releases are pushed', () => {
    const version = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(fc.array(version, { minLength: 1, maxLength: 12 }), (pushes) => {
        const registry = new Map<string, string>();
        for (const refName of pushes) {
          for (const tag of after(refName, [...registry.keys()])) registry.set(tag, refName);
        }
        const versions = pushes.map((text) => text.split('.').map(Number));
        const highest = versions.toSorted((a, b) => compare(b, a))[0]?.join('.');
        expect(registry.get('latest')).toBe(highest);
      }),
    );
  });
});

function compare(a: readonly number[], b: readonly number[]): number {
  return a.map((part, index) => part - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

test.each<[string, Partial<Version> | undefined]>([
  ['v1.2.3', { major: 1, minor: 2, patch: 3, prerelease: [], text: '1.2.3' }],
  ['1.2.3-a.1+x.y', { prerelease: ['a', '1'], text: '1.2.3-a.1+x.y' }],
  ['1.2', undefined],
  ['01.2.3', undefined],
  ['1.2.3-', undefined],
  ['1.2.3-01', undefined],
  ['v1.2.3\n', undefined],
])('%j as a version', (text, expected) => {
  if (expected === undefined) expect(parseVersion(text)).toBeUndefined();
  else expect(parseVersion(text)).toMatchObject(expected);
});
