import { append, type Collector } from '../collect.js';
import { type Failure, isRed, type Status, type TestCase } from '../model.js';
import { walkXml } from '../xml.js';

type Attributes = Readonly<Record<string, string>>;

interface OpenSuite {
  readonly name: string;
  readonly file: string | undefined;
  readonly time: number;
  /** It holds tests or suites, so that an error of its own is not a test. */
  tests: number;
}

interface OpenCase {
  readonly attributes: Attributes;
  readonly suite: OpenSuite | undefined;
  status: Status;
  failure: { type: string | undefined; message: string; text: string[] } | undefined;
  reason: string | undefined;
  /** Surefire's flakyFailure and rerunFailure: runs before or after the one that counts. */
  reruns: number;
  flaky: boolean;
}

const RED: ReadonlyMap<string, Status> = new Map([
  ['failure', 'failed'],
  ['error', 'errored'],
]);
const RERUN = new Set(['rerunFailure', 'rerunError', 'flakyFailure', 'flakyError']);

/**
 * JUnit XML in its dialects: the Ant task's, Surefire with re-runs, Gradle, pytest (xunit1 and xunit2), Vitest,
 * Jest, Mocha, Playwright, node:test, gotestsum, cargo-nextest, PHPUnit, RSpec, Bazel. There is no one standard;
 * the elements are those of https://github.com/testmoapp/junitxml and of Surefire's surefire-test-report.xsd.
 * @returns what is wrong with the file, or undefined
 */
export async function readJunit(path: string, name: string, into: Collector): Promise<string | undefined> {
  const suites: OpenSuite[] = [];
  let test: OpenCase | undefined;
  /** Where text goes: a failure's body, or nowhere. */
  let sink: string[] | undefined;
  let suiteFailure: { attributes: Attributes; status: Status; text: string[] } | undefined;

  const problem = await walkXml(path, name, {
    open(element, attributes) {
      if (element === 'testcase') {
        const suite = suites.at(-1);
        if (suite) suite.tests++;
        test = {
          attributes,
          suite,
          status: statusOf(attributes),
          failure: undefined,
          reason: undefined,
          reruns: 0,
          flaky: false,
        };
        return;
      }
      if (test !== undefined) {
        sink = openInCase(test, element, attributes) ?? sink;
        return;
      }
      if (element === 'testsuite') suites.push(openSuite(suites.at(-1), attributes));
      else if (RED.has(element) && suites.length > 0) {
        sink = [];
        suiteFailure = { attributes, status: RED.get(element) ?? 'errored', text: sink };
      }
    },
    text(piece) {
      if (sink) append(sink, piece);
    },
    close(element) {
      if (element === 'testcase' && test !== undefined) {
        into.add(finish(test));
        test = sink = undefined;
      } else if (element === 'testsuite') suites.pop();
      else if (suiteFailure !== undefined && test === undefined && RED.has(element)) {
        into.add(suiteItself(suites.at(-1), suiteFailure));
        suiteFailure = sink = undefined;
      } else if (RED.has(element) || element === 'skipped' || RERUN.has(element)) sink = undefined;
    },
  });
  return problem;
}

function openSuite(parent: OpenSuite | undefined, attributes: Attributes): OpenSuite {
  if (parent) parent.tests++;
  return {
    name: attributes.name ?? attributes.package ?? '',
    file: attributes.file ?? attributes.filepath ?? parent?.file,
    time: milliseconds(attributes.time),
    tests: 0,
  };
}

function openInCase(test: OpenCase, element: string, attributes: Attributes): string[] | undefined {
  const red = RED.get(element);
  if (red !== undefined) {
    // A test with a failure and an error in its tear-down is one red test; the first says more.
    if (!isRed(test.status)) test.status = red;
    test.failure ??= { type: attributes.type, message: attributes.message ?? '', text: [] };
    return test.failure.text;
  }
  if (element === 'skipped') {
    if (test.status === 'passed') test.status = 'skipped';
    // node:test writes `true` where no reason is given.
    test.reason = attributes.message === 'true' ? undefined : attributes.message;
    return undefined;
  }
  if (RERUN.has(element)) {
    test.reruns++;
    if (element.startsWith('flaky')) {
      test.flaky = true;
      test.failure ??= { type: attributes.type, message: attributes.message ?? '', text: [] };
    }
  }
  return element === 'flakyFailure' || element === 'flakyError' ? test.failure?.text : undefined;
}

function finish(test: OpenCase): TestCase {
  const { attributes, suite } = test;
  const file = attributes.file ?? attributes.filepath ?? suite?.file;
  const line = attributes.line ?? attributes.lineno;
  // Built in place: there may be a million of them.
  const found: { -readonly [K in keyof TestCase]: TestCase[K] } = {
    suite: attributes.classname ?? attributes.class ?? suite?.name ?? '',
    name: attributes.name ?? '(a test without a name)',
    status: test.status,
    durationMs: milliseconds(attributes.time ?? attributes.duration),
  };
  if (file !== undefined && file !== '') found.file = file;
  // pytest's xunit1 counts from 0; a line of 0 is no line.
  if (line !== undefined && Number.isSafeInteger(Number(line)) && Number(line) > 0) found.line = Number(line);
  if (test.failure) found.failure = failureOf(test.failure);
  if (test.reruns > 0) found.attempts = test.reruns + 1;
  if (test.flaky && test.status === 'passed') found.flaky = true;
  if (test.status === 'skipped' && test.reason !== undefined && test.reason !== '')
    found.reason = test.reason;
  return found;
}

/** A suite that broke as a whole (a set-up, an import) is one errored test. */
function suiteItself(
  suite: OpenSuite | undefined,
  found: { attributes: Attributes; status: Status; text: string[] },
): TestCase {
  return {
    suite: suite?.name ?? '',
    name: '(the suite itself)',
    status: found.status,
    durationMs: 0,
    ...(suite?.file !== undefined && { file: suite.file }),
    failure: failureOf({
      type: found.attributes.type,
      message: found.attributes.message ?? '',
      text: found.text,
    }),
  };
}

function failureOf(found: { type: string | undefined; message: string; text: readonly string[] }): Failure {
  const details = found.text.join('').trim();
  return {
    ...(found.type !== undefined && found.type !== '' && { type: found.type }),
    message: found.message.trim() || (details.split('\n', 1)[0] ?? ''),
    details,
  };
}

/** Some dialects (Bazel, Google Test) say it in an attribute. */
function statusOf(attributes: Attributes): Status {
  const said = attributes.result ?? attributes.status;
  return said === 'skipped' || said === 'suppressed' || said === 'notrun' || said === 'disabled'
    ? 'skipped'
    : 'passed';
}

/** Seconds as written by any locale: `1,234.5` and `0,5` occur. Anything else counts as nothing. */
export function milliseconds(seconds: string | undefined): number {
  if (seconds === undefined) return 0;
  let number = Number(seconds);
  if (Number.isNaN(number)) {
    const dotted = seconds.includes('.') ? seconds.replaceAll(',', '') : seconds.replace(',', '.');
    number = Number(dotted.replace(/s$/, ''));
  }
  return Number.isFinite(number) && number > 0 ? number * 1000 : 0;
}
