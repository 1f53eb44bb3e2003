import { nothingAfterChecks, nothingTouched, type Scenario } from './scenario.js';

/** A test is red: nothing is built, what runs is left alone, people are told. */
export const redTest: Scenario = {
  name: 'red-test',
  title: 'A test is red: nothing is built',
  message: 'Round thumbnails up',
  edits: [
    {
      file: 'test/thumbnail-size.test.ts',
      change: () =>
        [
          "import { expect, it } from 'vitest';",
          '',
          "it('keeps a thumbnail within its size', () => {",
          '  expect(Math.ceil(320.5)).toBe(320);',
          '});',
          '',
        ].join('\n'),
    },
  ],
  redShard: true,
  afterRelease: false,
  secrets: {},
  results: { ...nothingAfterChecks, Test: 'failure' },
  assertions: [
    ...nothingTouched,
    { kind: 'says', stage: 'Test', words: ['keeps a thumbnail within its size'] },
    { kind: 'told', path: '/slack', words: ['photo-app'], answered: 200 },
    { kind: 'told', path: '/webhook', words: ['"status":"failure"'], answered: 200 },
    { kind: 'alert', open: true },
  ],
};
