import type { Collector } from '../collect.js';
import type { Status, TestCase } from '../model.js';
import { jsonOf } from '../source.js';
import { count, lineOf, list, string, type Tree, tree } from './value.js';

const STATUS: ReadonlyMap<string, Status> = new Map([
  ['passed', 'passed'],
  ['failed', 'failed'],
  ['skipped', 'skipped'],
  ['pending', 'skipped'],
  ['todo', 'skipped'],
  ['disabled', 'skipped'],
]);

/** What `jest --json` and Vitest's json reporter write. Source: Jest's FormattedTestResults in @jest/test-result. */
export async function readJestJson(path: string, name: string, into: Collector): Promise<string | undefined> {
  const files = tree(await jsonOf(path, name)).testResults;
  if (!Array.isArray(files)) return "it has no list 'testResults'";
  for (const entry of files) {
    const file = tree(entry);
    const tests = list(file.assertionResults);
    for (const test of tests) into.add(testOf(tree(test), string(file.name)));
    if (tests.length === 0 && file.status === 'failed') into.add(brokenFile(file));
  }
  return undefined;
}

function testOf(test: Tree, file: string): TestCase {
  const status = STATUS.get(string(test.status)) ?? 'errored';
  const details = list(test.failureMessages).map(string).join('\n\n');
  const titles = list(test.ancestorTitles).map(string);
  const runs = count(test.invocations, 1);
  return {
    suite: titles.length > 0 ? titles.join(' › ') : file,
    name: string(test.title) || string(test.fullName),
    file,
    status,
    durationMs: count(test.duration),
    ...lineOf(tree(test.location).line),
    ...(details !== '' && { failure: { message: details.split('\n', 1)[0] ?? '', details } }),
    ...(runs > 1 && { attempts: runs }),
    ...(runs > 1 && status === 'passed' && { flaky: true }),
  };
}

/** A file that could not be loaded has no tests, and a message. */
function brokenFile(file: Tree): TestCase {
  const details = string(file.message);
  const name = string(file.name);
  return {
    suite: name,
    name: '(the file itself)',
    file: name,
    status: 'errored',
    durationMs: 0,
    failure: { message: details.split('\n', 1)[0] ?? '', details },
  };
}
