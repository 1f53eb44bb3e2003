import { expect, it, test } from 'vitest';
import { readCheck } from '../src/lint.ts';

it('reads what BuildKit’s check found', () => {
  const report = {
    warnings: [
      {
        ruleName: 'StageNameCasing',
        description: 'Stage names should be lowercase',
        url: 'https://docs.docker.com/go/dockerfile/rule/stage-name-casing/',
        detail: "Stage name 'X' should be lowercase",
        location: { ranges: [{ start: { line: 1 }, end: { line: 1 } }] },
      },
      { ruleName: 'NoPlace', description: 'Somewhere' },
    ],
    sources: [],
  };
  expect(readCheck(JSON.stringify(report))).toEqual([
    {
      rule: 'StageNameCasing',
      message: "Stage name 'X' should be lowercase",
      help: 'https://docs.docker.com/go/dockerfile/rule/stage-name-casing/',
      line: 1,
    },
    { rule: 'NoPlace', message: 'Somewhere', help: '' },
  ]);
});

test.each(['{}', '{"warnings":null}', '{"warnings":[]}'])('%j has no findings', (text) => {
  expect(readCheck(text)).toEqual([]);
});

test.each([
  '',
  'ERROR: failed to solve: 429 Too Many Requests',
  'null',
  '[]',
  '{"warnings":7}',
  '{"warnings":null,"buildError":{"message":"429"}}',
])('%j is no report, so that the check did not take place', (text) => {
  expect(readCheck(text)).toBeUndefined();
});
