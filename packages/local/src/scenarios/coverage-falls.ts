import { nothingAfterChecks, nothingTouched, type Scenario } from './scenario.js';

/** Enough code that no test runs for coverage to fall, and too little for it to come near its minimum. */
function unfinished(): string {
  const functions = ['dots', 'dashes', 'waves'].map((name, index) =>
    [
      `export function ${name}(length: number): string {`,
      "  let line = '';",
      `  for (let step = 0; step < length; step++) line += step % ${index + 2} === 0 ? '${'.-~'[index]}' : ' ';`,
      '  return line;',
      '}',
    ].join('\n'),
  );
  return `${functions.join('\n\n')}\n`;
}

/**
 * A colleague proposes code without tests. Coverage is still far above its minimum, but lower than that of the branch
 * that the change would be merged into: the pull request is told by how much, and which of its lines no test runs.
 */
export const coverageFalls: Scenario = {
  name: 'coverage-falls',
  title: 'A pull request would make coverage lower than it is: it may only rise',
  message: 'Sketch some borders',
  proposal: { number: 9, branch: 'borders', fork: undefined },
  edits: [{ file: 'src/borders.ts', change: unfinished }],
  afterRelease: true,
  secrets: {},
  variables: { FAIRWAY_MAXIMUM_COVERAGE_DROP: '0' },
  results: { ...nothingAfterChecks, Test: 'failure', Notify: 'skipped' },
  assertions: [
    ...nothingTouched,
    {
      kind: 'sets',
      job: 'cicd / Test / Report',
      outputs: {
        'report.result': 'failed',
        'report.failed': '0',
        'report.errored': '0',
        'report.patch-coverage': '0.00',
      },
    },
    { kind: 'says', stage: 'Test', words: ['below that of', 'it must not fall'] },
    {
      kind: 'commented',
      marker: 'test-runner:test-results',
      words: ['it must not fall', 'Changed lines that no test ran', 'src/borders.ts'],
    },
    { kind: 'checked', name: 'test-results', conclusion: 'failure' },
  ],
};
