import type { Collector } from '../collect.js';
import type { Status, TestCase } from '../model.js';
import { walkXml } from '../xml.js';
import { milliseconds } from './junit.js';

type Attributes = Readonly<Record<string, string>>;

interface Found {
  readonly suite: string;
  readonly name: string;
  readonly status: Status;
  readonly durationMs: number;
  type: string | undefined;
  message: string[];
  stack: string[];
}

/** Whose text is kept, and where it belongs: the elements' names in all three formats. */
const SINKS: Readonly<Record<string, 'message' | 'stack'>> = {
  Message: 'message',
  message: 'message',
  StackTrace: 'stack',
  'stack-trace': 'stack',
  reason: 'message',
};

/** Reads one of the three formats of .NET: `begin` makes a test of an element, or gives undefined. */
async function readTests(
  path: string,
  name: string,
  into: Collector,
  element: string,
  begin: (attributes: Attributes) => Found,
): Promise<string | undefined> {
  let test: Found | undefined;
  let sink: string[] | undefined;
  return walkXml(path, name, {
    open(opened, attributes) {
      if (opened === element) test = begin(attributes);
      else if (test) {
        test.type ??= attributes['exception-type'];
        const kept = SINKS[opened];
        sink = kept === undefined ? sink : test[kept];
      }
    },
    text(piece) {
      if (test) sink?.push(piece);
    },
    close(closed) {
      if (closed in SINKS) sink = undefined;
      if (closed !== element || !test) return;
      into.add(finish(test));
      test = sink = undefined;
    },
  });
}

function finish(found: Found): TestCase {
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

const TRX: Readonly<Record<string, Status>> = {
  Passed: 'passed',
  PassedButRunAborted: 'passed',
  Warning: 'passed',
  Failed: 'failed',
  Error: 'errored',
  Timeout: 'errored',
  Aborted: 'errored',
  Disconnected: 'errored',
};

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
  const second = await readTests(path, name, into, 'UnitTestResult', (attributes) => {
    const suite = classes.get(attributes.testId ?? '') ?? '';
    const full = attributes.testName ?? '';
    return {
      suite,
      name: suite !== '' && full.startsWith(`${suite}.`) ? full.slice(suite.length + 1) : full,
      status: TRX[attributes.outcome ?? 'Failed'] ?? 'skipped',
      durationMs: clock(attributes.duration),
      type: undefined,
      message: [],
      stack: [],
    };
  });
  return first ?? second;
}

/** `00:00:01.2345678` as milliseconds. */
function clock(value = ''): number {
  const [hours = 0, minutes = 0, seconds = 0] = value.split(':').map(Number);
  const total = (hours * 60 + minutes) * 60 + seconds;
  return Number.isFinite(total) && total > 0 ? total * 1000 : 0;
}

/** NUnit 3. Source: https://docs.nunit.org/articles/nunit/technical-notes/usage/Test-Result-XML-Format.html */
export function readNunit(path: string, name: string, into: Collector): Promise<string | undefined> {
  return readTests(path, name, into, 'test-case', (attributes) => {
    const failed = attributes.label === 'Error' || attributes.label === 'Invalid' ? 'errored' : 'failed';
    const known: Readonly<Record<string, Status>> = { Passed: 'passed', Warning: 'passed', Failed: failed };
    return {
      suite: attributes.classname ?? '',
      name: attributes.name ?? '',
      status: known[attributes.result ?? ''] ?? 'skipped',
      durationMs: milliseconds(attributes.duration ?? attributes.time),
      type: undefined,
      message: [],
      stack: [],
    };
  });
}

/** xUnit.net v2. Source: https://xunit.net/docs/format-xml-v2 */
export function readXunit(path: string, name: string, into: Collector): Promise<string | undefined> {
  return readTests(path, name, into, 'test', (attributes) => {
    const suite = attributes.type ?? '';
    const full = attributes.name ?? '';
    const known: Readonly<Record<string, Status>> = { Pass: 'passed', Fail: 'failed' };
    return {
      suite,
      name: suite !== '' && full.startsWith(`${suite}.`) ? full.slice(suite.length + 1) : full,
      status: known[attributes.result ?? ''] ?? 'skipped',
      durationMs: milliseconds(attributes.time),
      type: undefined,
      message: [],
      stack: [],
    };
  });
}
