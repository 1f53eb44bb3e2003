import { allGreen, type Scenario } from './scenario.js';

/** A day in thirty days: a quarantine has to end, and a scenario must not. */
function inThirtyDays(): string {
  return new Date(Date.now() + 30 * 24 * 3_600_000).toISOString().slice(0, 10);
}

/**
 * One test fails and then passes, another is red and excused until a day: the push goes all the way, and both are told.
 * The flaky one leaves a note beside the reports, which are never committed, so that it knows its second run.
 */
export const flakyTest: Scenario = {
  name: 'flaky-test',
  title: 'One test is flaky and one is quarantined: the push is carried, and both are told',
  message: 'Watch the sandbox',
  edits: [
    {
      file: 'test/warm-up.test.ts',
      change: () =>
        [
          "import { existsSync, mkdirSync, writeFileSync } from 'node:fs';",
          "import { expect, it } from 'vitest';",
          '',
          "it('needs a second try', () => {",
          "  const warm = existsSync('reports/warm');",
          "  mkdirSync('reports', { recursive: true });",
          "  writeFileSync('reports/warm', '');",
          '  expect(warm).toBe(true);',
          '});',
          '',
        ].join('\n'),
    },
    {
      file: 'test/sandbox.test.ts',
      change: () =>
        [
          "import { expect, it } from 'vitest';",
          '',
          "it('pays in the sandbox', () => {",
          "  expect('closed').toBe('open');",
          '});',
          '',
        ].join('\n'),
    },
    {
      file: '.github/quarantine.yml',
      change: (before) =>
        [
          before.trimEnd(),
          "- test: 'test/sandbox.test.ts › pays in the sandbox'",
          "  owner: '@acme/payments'",
          '  reason: the sandbox is being moved',
          `  expires: ${inThirtyDays()}`,
          '',
        ]
          .join('\n')
          .trimStart(),
    },
  ],
  afterRelease: false,
  reverted: true,
  secrets: {},
  results: allGreen,
  assertions: [
    {
      kind: 'sets',
      job: 'cicd / Test / Report',
      outputs: {
        'report.result': 'passed',
        'report.failed': '1',
        'report.flaky': '1',
        'report.quarantined': '1',
      },
    },
    { kind: 'sets', job: 'cicd / Test / Plan', outputs: { 'plan.shard-count': '3' } },
    {
      kind: 'says',
      stage: 'Test',
      words: [
        '1 flaky',
        '1 quarantined',
        'needs a second try',
        'pays in the sandbox',
        'the sandbox is being moved',
      ],
    },
    { kind: 'runs-this-push', environment: 'production' },
    { kind: 'told', path: '/webhook', words: ['"status":"success"'], answered: 200 },
  ],
};
