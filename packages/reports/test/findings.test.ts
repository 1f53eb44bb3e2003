import { describe, expect, it } from 'vitest';
import { distinct, type Finding, toSarif } from '../src/findings/index.ts';

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
const runOf = (...findings: Finding[]) => JSON.parse(toSarif(['hadolint'], findings)).runs[0];

it('keeps the same finding of two lines apart, and that of two passes together', () => {
  expect(distinct([finding(), finding({ startLine: 9 }), finding()])).toHaveLength(2);
});

describe('SARIF', () => {
  it('tells a finding from another by the one key that code scanning reads', () => {
    const { results } = runOf(finding(), finding({ startLine: 9 }), finding({ fingerprint: 'g' }));
    const hashes = results.map(
      (result: { partialFingerprints: Record<string, string> }) =>
        result.partialFingerprints.primaryLocationLineHash,
    );
    expect(hashes).toEqual(['f:1', 'f:2', 'g:1']);
  });

  it('gives a rule the worst severity that it was found with', () => {
    const { tool, results } = runOf(
      finding({ severity: 'critical' }),
      finding({ severity: 'medium', rule: 'other' }),
      finding({ severity: 'medium', startLine: 9 }),
    );
    const { rules } = tool.driver;
    expect(rules[results[2].ruleIndex]).toMatchObject({
      id: 'DL3008',
      properties: { 'security-severity': '9.5' },
    });
    expect(results[2].level).toBe('warning');
  });

  it.each([
    ['a b/c#1?.txt', 'a%20b/c%231%3F.txt'],
    ['100%/é', '100%25/%C3%A9'],
    ['\ud800', '%EF%BF%BD'],
  ])('names the path %j as %s', (path, uri) => {
    const [result] = runOf(finding({ path })).results;
    expect(result.locations[0].physicalLocation.artifactLocation.uri).toBe(uri);
  });
});
