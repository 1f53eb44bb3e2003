import type { Collector } from '../collect.js';
import type { TestCase } from '../model.js';
import { boundOpen, linesOf } from '../source.js';
import { count, lineOf, parseTree, string, tree } from './value.js';

interface Running {
  readonly name: string;
  readonly file: string;
  readonly line: unknown;
  readonly start: number;
  message: string;
  stack: string;
}

/** `dart test --reporter=json` and `flutter test --machine`. Source: pub.dev/packages/test, doc/json_reporter.md. */
export async function readDartJson(path: string, name: string, into: Collector): Promise<string | undefined> {
  const suites = new Map<unknown, string>();
  const running = new Map<unknown, Running>();
  let finished = false;
  for await (const line of linesOf(path)) {
    const event = line.startsWith('{') ? parseTree(line) : undefined;
    if (event === undefined) continue;
    const test = tree(event.test);
    if (event.type === 'suite') suites.set(tree(event.suite).id, string(tree(event.suite).path));
    else if (event.type === 'testStart') {
      const file = suites.get(test.suiteID) ?? '';
      const at = {
        name: string(test.name),
        file,
        line: test.root_line ?? test.line,
        start: count(event.time),
      };
      boundOpen(name, running, suites);
      running.set(test.id, { ...at, message: '', stack: '' });
    } else if (event.type === 'error') {
      const found = running.get(event.testID);
      if (found && found.message === '') {
        found.message = string(event.error);
        found.stack = string(event.stackTrace);
      }
    } else if (event.type === 'testDone') {
      const found = running.get(event.testID);
      running.delete(event.testID);
      if (found && event.hidden !== true)
        into.add(testOf(found, event.result, event.skipped === true, count(event.time)));
    } else if (event.type === 'done') finished = true;
  }
  for (const test of running.values()) into.add(testOf(test, 'error', false, test.start));
  return finished ? undefined : `the run did not end: there is no 'done' event (${name})`;
}

function testOf(test: Running, result: unknown, skipped: boolean, end: number): TestCase {
  const status = skipped
    ? 'skipped'
    : result === 'success'
      ? 'passed'
      : result === 'failure'
        ? 'failed'
        : 'errored';
  return {
    suite: test.file,
    name: test.name,
    file: test.file,
    status,
    durationMs: Math.max(0, end - test.start),
    ...lineOf(test.line),
    ...((status === 'failed' || status === 'errored') && {
      failure: {
        message: test.message.split('\n', 1)[0] || 'It did not end.',
        details: `${test.message}\n${test.stack}`.trim(),
      },
    }),
  };
}
