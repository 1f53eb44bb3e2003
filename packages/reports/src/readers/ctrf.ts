import type { Collector } from '../collect.js';
import { isRed, type Status, type TestCase } from '../model.js';
import { jsonOf } from '../source.js';
import { count, lineOf, list, string, tree } from './value.js';

const STATUS: ReadonlyMap<string, Status> = new Map([
  ['passed', 'passed'],
  ['failed', 'failed'],
  ['skipped', 'skipped'],
  ['pending', 'skipped'],
  ['other', 'skipped'],
]);

/** Common Test Report Format. Source: https://ctrf.io/docs/specification/overview (schema 0.0.0 and 1.0). */
export async function readCtrf(path: string, name: string, into: Collector): Promise<string | undefined> {
  const tests = tree(tree(await jsonOf(path, name)).results).tests;
  if (!Array.isArray(tests)) return "it has no list 'results.tests'";
  for (const test of tests) into.add(testOf(tree(test)));
  return undefined;
}

function testOf(test: ReturnType<typeof tree>): TestCase {
  const status = STATUS.get(string(test.status)) ?? 'errored';
  const retries = count(test.retries);
  const file = string(test.filePath);
  const message = string(test.message);
  const suite = Array.isArray(test.suite) ? list(test.suite).map(string).join(' › ') : string(test.suite);
  return {
    suite: suite || file,
    name: string(test.name) || '(a test without a name)',
    status,
    durationMs: count(test.duration),
    ...(file !== '' && { file }),
    ...lineOf(test.line),
    ...(status === 'skipped' && message !== '' && { reason: message }),
    ...((isRed(status) || (test.flaky === true && message !== '')) && {
      failure: { message, details: string(test.trace) || message },
    }),
    ...(retries > 0 && { attempts: retries + 1 }),
    ...(test.flaky === true && status === 'passed' && { flaky: true }),
  };
}
