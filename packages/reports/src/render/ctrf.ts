import type { TestCase } from '../model.js';
import type { Story } from './story.js';

/** A judged run in the Common Test Report Format. Source: https://ctrf.io/docs/specification/overview */
export function ctrfOf(story: Story): string {
  const { totals, failures, others } = story.whole.results;
  const { startedAt, wallMs, framework } = story.whole;
  return JSON.stringify({
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    results: {
      tool: { name: framework },
      summary: {
        tests: totals.tests,
        passed: totals.passed,
        failed: totals.failed + totals.errored,
        skipped: totals.skipped,
        pending: 0,
        other: 0,
        flaky: totals.flaky,
        start: Math.round(startedAt),
        stop: Math.round(startedAt + wallMs),
      },
      tests: [...failures, ...others].map(testOf),
    },
  });
}

function testOf(test: TestCase) {
  return {
    name: test.name,
    status: test.status === 'errored' ? 'failed' : test.status,
    duration: Math.round(test.durationMs),
    ...(test.suite !== '' && { suite: test.suite.split(' › ') }),
    ...(test.file !== undefined && { filePath: test.file }),
    ...(test.failure?.location && { line: test.failure.location.line }),
    ...(test.failure && { message: test.failure.message, trace: test.failure.details }),
    ...(test.attempts !== undefined && { retries: test.attempts - 1 }),
    ...(test.flaky && { flaky: true }),
  };
}
