import { calculateSummary, parse, validateStrict } from 'ctrf';
import type { Counted } from './counts.ts';

/** CTRF, validated, read and summed up by the format's own reference implementation. */
export function countCtrf(json: string): Counted {
  validateStrict(JSON.parse(json));
  const { results } = parse(json);
  const counted = (summary: {
    tests: number;
    failed: number;
    skipped: number;
    pending: number;
    other: number;
  }) => ({
    tests: summary.tests,
    failed: summary.failed,
    errored: 0,
    skipped: summary.skipped + summary.pending + summary.other,
  });
  return { ...counted(calculateSummary(results.tests)), declared: counted(results.summary) };
}

/** Jest and Vitest: the figures at the top, and each file's own that could not be loaded. */
export function countJest(json: string): Counted {
  const report = JSON.parse(json) as Record<string, number> & {
    testResults: { status: string; assertionResults: { status: string }[] }[];
  };
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length;
  const statuses =
    JSON.stringify(report.testResults).match(/"status":"(passed|failed|pending|skipped|todo)"/g) ?? [];
  const told = (word: string) => statuses.filter((status) => status.includes(`"${word}"`)).length;
  const files = (word: string) => report.testResults.filter(({ status }) => status === word).length;
  const passed = told('passed') - files('passed');
  const failed = told('failed') - files('failed');
  const skipped = told('pending') + told('skipped') + told('todo') - files('pending') - files('skipped');
  return {
    tests: passed + failed + skipped + broken,
    failed,
    errored: broken,
    skipped,
    declared: {
      tests: (report.numTotalTests ?? 0) + broken,
      failed: report.numFailedTests ?? 0,
      errored: broken,
      skipped: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0),
    },
  };
}

/** RSpec: the sentence that ends its report. */
export function countRspec(json: string): Counted {
  const { summary_line: line = '', examples } = JSON.parse(json) as {
    summary_line?: string;
    examples: { status: string }[];
  };
  const said = (word: RegExp) => Number(word.exec(line)?.[1] ?? 0);
  const errored = said(/(\d+) errors? occurred outside/);
  const told = (status: string) => examples.filter((example) => example.status === status).length;
  return {
    tests: examples.length + errored,
    failed: told('failed'),
    errored,
    skipped: told('pending'),
    declared: {
      tests: said(/(\d+) examples?/) + errored,
      failed: said(/(\d+) failures?/),
      errored,
      skipped: said(/(\d+) pending/),
    },
  };
}
