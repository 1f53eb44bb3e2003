import { append, type Collector } from '../collect.js';
import type { Status, TestCase } from '../model.js';
import { walkXml } from '../xml.js';
import { milliseconds } from './junit.js';

type Attributes = Readonly<Record<string, string>>;

/** A test while its element is open. */
export interface Found {
  readonly suite: string;
  readonly name: string;
  readonly status: Status;
  readonly durationMs: number;
  type: string | undefined;
  message: string[];
  stack: string[];
}

/** Whose text is kept, and where it belongs: the elements' names in all three formats of .NET. */
export const SINKS: ReadonlyMap<string, 'message' | 'stack'> = new Map([
  ['Message', 'message'],
  ['message', 'message'],
  ['StackTrace', 'stack'],
  ['stack-trace', 'stack'],
  ['reason', 'message'],
]);

type Begin = (attributes: Attributes) => Found;

/** Reads a format by the elements that are tests in it, each with what makes a test of its attributes. */
async function readTests(
  path: string,
  name: string,
  into: Collector,
  elements: ReadonlyMap<string, Begin>,
): Promise<string | undefined> {
  let test: Found | undefined;
  let sink: string[] | undefined;
  return walkXml(path, name, {
    open(opened, attributes) {
      const begin = elements.get(opened);
      if (begin) test = begin(attributes);
      else if (test) {
        test.type ??= attributes['exception-type'];
        const kept = SINKS.get(opened);
        sink = kept === undefined ? sink : test[kept];
      }
    },
    text(piece) {
      if (test && sink) append(sink, piece);
    },
    close(closed) {
      if (SINKS.has(closed)) sink = undefined;
      if (!test || !elements.has(closed)) return;
      into.add(finish(test));
      test = sink = undefined;
    },
  });
}

export function finish(found: Found): TestCase {
  const { suite, name, status, durationMs } = found;
  const message = found.message.join('').trim();
  if (status === 'passed') return { suite, name, status, durationMs };
  if (status === 'skipped')
    return { suite, name, status, durationMs, ...(message !== '' && { reason: message }) };
  const details = [message, found.stack.join('').trim()].filter(Boolean).join('\n');
  return {
    suite,
    name,
    status,
    durationMs,
    failure: { ...(found.type && { type: found.type }), message, details },
  };
}

const TRX: ReadonlyMap<string, Status> = new Map([
  ['Passed', 'passed'],
  ['PassedButRunAborted', 'passed'],
  ['Warning', 'passed'],
  ['Failed', 'failed'],
  ['Error', 'errored'],
  ['Timeout', 'errored'],
  ['Aborted', 'errored'],
  ['Disconnected', 'errored'],
]);

/**
 * Visual Studio's TRX (`dotnet test --logger trx`). Source: vstst.xsd. The classes stand after the results, so the
 * file is walked twice.
 */
export async function readTrx(path: string, name: string, into: Collector): Promise<string | undefined> {
  const classes = new Map<string, string>();
  let id = '';
  const first = await walkXml(path, name, {
    open(element, attributes) {
      if (element === 'UnitTest') id = attributes.id ?? '';
      else if (element === 'TestMethod' && classes.size < 500_000) {
        classes.set(id, (attributes.className ?? '').split(',', 1)[0] ?? '');
      }
    },
    close() {},
    text() {},
  });
  const begin: Begin = (attributes) => {
    const suite = classes.get(attributes.testId ?? '') ?? '';
    return {
      ...begun(suite, attributes.testName ?? ''),
      status: TRX.get(attributes.outcome ?? 'Failed') ?? 'skipped',
      durationMs: clock(attributes.duration),
    };
  };
  const second = await readTests(path, name, into, new Map([['UnitTestResult', begin]]));
  return first ?? second;
}

/** `00:00:01.2345678` as milliseconds. */
function clock(value = ''): number {
  const [hours = 0, minutes = 0, seconds = 0] = value.split(':').map(Number);
  const total = (hours * 60 + minutes) * 60 + seconds;
  return Number.isFinite(total) && total > 0 ? total * 1000 : 0;
}

const XUNIT: ReadonlyMap<string, Status> = new Map([
  ['Pass', 'passed'],
  ['Fail', 'failed'],
]);

/**
 * xUnit.net v2. Source: https://xunit.net/docs/format-xml-v2. What broke outside of a test (the clean-up of a class, a
 * collection or an assembly) stands under `errors` and is one errored test each.
 */
export function readXunit(path: string, name: string, into: Collector): Promise<string | undefined> {
  const test: Begin = (attributes) => ({
    ...begun(attributes.type ?? '', attributes.name ?? ''),
    status: XUNIT.get(attributes.result ?? '') ?? 'skipped',
    durationMs: milliseconds(attributes.time),
  });
  const error: Begin = (attributes) => ({
    ...begun(attributes.name ?? '', `(${attributes.type ?? 'error'})`),
    status: 'errored',
    durationMs: 0,
  });
  return readTests(
    path,
    name,
    into,
    new Map([
      ['test', test],
      ['error', error],
    ]),
  );
}

/** Names are full ones; the class, where it is known, is told apart. */
export function begun(suite: string, full: string) {
  const name = suite !== '' && full.startsWith(`${suite}.`) ? full.slice(suite.length + 1) : full;
  return { suite, name, type: undefined, message: [], stack: [] };
}
