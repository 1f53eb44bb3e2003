import type { Finding } from '@fairway/reports/findings';
import { inTemp } from '@fairway/testing';
import { describe, expect, it } from 'vitest';
import { sectionsOf, verdictOf } from '../src/verdict.js';
import { applyWaivers, readWaivers, type Waiver } from '../src/waivers.js';

const finding = (over: Partial<Finding> = {}): Finding => ({
  scanner: 'hadolint',
  rule: 'DL3008',
  severity: 'medium',
  message: 'Pin versions',
  path: 'app/Dockerfile',
  startLine: 3,
  endLine: 3,
  fingerprint: 'f',
  ...over,
});
const waiver = (over: Partial<Waiver> = {}): Waiver => ({
  rule: 'DL3008',
  path: '',
  owner: '@acme/platform',
  reason: 'r',
  expires: '2030-01-31',
  ...over,
});
const nothing = { open: [], waived: [], expired: [] };

describe('verdictOf', () => {
  it.each([
    ['medium', 'high', 'passed'],
    ['high', 'high', 'blocked'],
    ['critical', 'high', 'blocked'],
    ['info', 'info', 'blocked'],
    ['critical', 'never', 'passed'],
  ] as const)('a %s finding with fail-on %s is %s', (severity, failOn, result) => {
    expect(verdictOf({ ...nothing, open: [finding({ severity })] }, [], failOn).result).toBe(result);
  });

  it('fails when a scanner did not run, whatever the others found', () => {
    const verdict = verdictOf(nothing, ['gitleaks'], 'never');
    expect(verdict.result).toBe('failed');
    expect(verdict.failure?.message).toContain('gitleaks');
  });

  it('blocks on an expired waiver and names its owner', () => {
    const verdict = verdictOf({ ...nothing, expired: [waiver({ expires: '2020-01-01' })] }, [], 'high');
    expect(verdict.result).toBe('blocked');
    expect(verdict.failure?.message).toContain('@acme/platform');
  });

  it('renders hostile texts without letting them be Markdown', () => {
    const open = [finding({ message: '<img src=x> [click](http://evil.example) @everyone', path: '`|x' })];
    const text = sectionsOf(verdictOf({ ...nothing, open }, [], 'high'))
      .map(({ body }) => body)
      .join('\n');
    expect(text).not.toMatch(/<img|\]\(http:\/\/evil|@everyone/);
  });
});

describe('applyWaivers', () => {
  it.each([
    ['by rule', {}, true],
    ['by path', { path: 'app/Dockerfile' }, true],
    ['by folder', { path: 'app/**' }, true],
    ['not another folder', { path: 'ap/**' }, false],
    ['not another rule', { rule: 'DL3009' }, false],
    ['on its last day', { expires: '2026-06-01' }, true],
    ['not after it', { expires: '2026-05-31' }, false],
  ] satisfies [string, Partial<Waiver>, boolean][])('%s', (_, over, covered) => {
    const { waived, open, expired } = applyWaivers([finding()], [waiver(over)], '2026-06-01');
    expect(waived.length).toBe(covered ? 1 : 0);
    expect(open.length).toBe(covered ? 0 : 1);
    expect(expired.length).toBe('expires' in over && over.expires === '2026-05-31' ? 1 : 0);
  });
});

it('waives a finding in an image by its path there', () => {
  const inImage = [finding({ path: 'Dockerfile', inside: 'app/config.json' })];
  const open = (path: string) => applyWaivers(inImage, [waiver({ path })], '2026-06-01').open.length;
  expect([open('app/config.json'), open('app/**'), open('Dockerfile')]).toEqual([0, 0, 0]);
  expect([open('config.json'), open('etc/**')]).toEqual([1, 1]);
});

describe('readWaivers', () => {
  it.each([
    ['waivers: [{ rule: A, owner: o, reason: r, expires: 2030-01-31 }]', undefined],
    ['waivers: [{ rule: A, owner: o, reason: r }]', /no expiry/],
    ['waivers: [{ rule: A, reason: r, expires: 2030-01-31 }]', /no owner/],
    ['waivers: [{ rule: A, owner: o, reason: r, expires: 2030-13-31 }]', /no expiry/],
    ['waivers: [{ rule: A, path: [a, b], owner: o, reason: r, expires: 2030-01-31 }]', /not one path/],
    ['waivers: [{ rule: A, path: , owner: o, reason: r, expires: 2030-01-31 }]', /not one path/],
    ['waivers: [', /YAML/],
  ])('%s', async (text, problem) => {
    await inTemp({ 'w.yml': text }, async (folder) => {
      const read = readWaivers(`${folder}/w.yml`);
      if (problem) await expect(read).rejects.toThrow(problem);
      else await expect(read).resolves.toHaveLength(1);
    });
  });

  it('gives none where there is no file', async () => {
    await expect(readWaivers('/nonexistent/waivers.yml')).resolves.toEqual([]);
  });
});
