import { nothingAfterChecks, nothingTouched, type Scenario } from './scenario.js';

/** More code than the suite has that no test runs: the tests are green, and coverage falls below its minimum. */
function untested(): string {
  const functions = Array.from({ length: 60 }, (_, index) =>
    [
      `export function effect${index}(level: number): string {`,
      '  const parts: string[] = [];',
      '  for (let step = 0; step < level; step++) {',
      `    if (step % 2 === ${index % 2}) parts.push('light');`,
      "    else parts.push('shade');",
      '  }',
      "  return parts.join(' ');",
      '}',
    ].join('\n'),
  );
  return `${functions.join('\n\n')}\n`;
}

/** Every test is green, and too little is tested: nothing is built. */
export const uncovered: Scenario = {
  name: 'uncovered',
  title: 'Too little of the code is tested: nothing is built',
  message: 'Add effects',
  edits: [{ file: 'src/effects.ts', change: untested }],
  afterRelease: false,
  secrets: {},
  results: { ...nothingAfterChecks, Test: 'failure' },
  assertions: [
    ...nothingTouched,
    {
      kind: 'sets',
      job: 'cicd / Test / Report',
      outputs: { 'report.result': 'failed', 'report.failed': '0', 'report.errored': '0' },
    },
    { kind: 'says', stage: 'Test', words: ['below the minimum of 80 %'] },
    { kind: 'told', path: '/slack', words: ['photo-app'], answered: 200 },
    { kind: 'told', path: '/webhook', words: ['"status":"failure"'], answered: 200 },
    { kind: 'alert', open: true },
  ],
};
