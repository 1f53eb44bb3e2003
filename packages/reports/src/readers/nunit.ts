import { append, type Collector } from '../collect.js';
import type { Status } from '../model.js';
import { walkXml } from '../xml.js';
import { begun, type Found, finish, SINKS } from './dotnet.js';
import { milliseconds } from './junit.js';

type Attributes = Readonly<Record<string, string>>;

interface OpenSuite {
  readonly attributes: Attributes;
  /** The suite as a red test of its own. */
  readonly itself: Found;
  /** Tests in it, at any depth. */
  tests: number;
}

/**
 * NUnit 3. Source: https://docs.nunit.org/articles/nunit/technical-notes/usage/Test-Result-XML-Format.html. A suite
 * that is red though no test in it tells why (an assembly that could not be loaded, a tear-down that broke) is one
 * errored test; what breaks in a set-up is told by each of its tests.
 */
export async function readNunit(path: string, name: string, into: Collector): Promise<string | undefined> {
  const suites: OpenSuite[] = [];
  let test: Found | undefined;
  let sink: string[] | undefined;
  return walkXml(path, name, {
    open(element, attributes) {
      if (element === 'test-case') {
        test = testOf(attributes);
        const suite = suites.at(-1);
        if (suite) suite.tests++;
      } else if (element === 'test-suite') suites.push(suiteOf(attributes));
      else {
        const kept = SINKS.get(element);
        const into = test ?? suites.at(-1)?.itself;
        if (kept !== undefined) sink = into?.[kept];
      }
    },
    text(piece) {
      if (sink) append(sink, piece);
    },
    close(element) {
      if (SINKS.has(element)) sink = undefined;
      if (element === 'test-case' && test !== undefined) {
        into.add(finish(test));
        test = undefined;
      } else if (element === 'test-suite') {
        const suite = suites.pop();
        if (suite === undefined) return;
        const own = isRedItself(suite);
        if (own) into.add(finish(suite.itself));
        const parent = suites.at(-1);
        if (parent) parent.tests += suite.tests + (own ? 1 : 0);
      }
    },
  });
}

function isRedItself({ attributes, tests }: OpenSuite): boolean {
  return attributes.result === 'Failed' && (attributes.site === 'TearDown' || tests === 0);
}

function suiteOf(attributes: Attributes): OpenSuite {
  const suite = attributes.fullname ?? attributes.name ?? '';
  const itself = { ...begun(suite, '(the suite itself)'), status: 'errored' as const, durationMs: 0 };
  return { attributes, itself, tests: 0 };
}

function testOf(attributes: Attributes): Found {
  return {
    ...begun(attributes.classname ?? '', attributes.name ?? ''),
    status: statusOf(attributes),
    durationMs: milliseconds(attributes.duration ?? attributes.time),
  };
}

function statusOf({ result, label }: Attributes): Status {
  if (result === 'Failed') return label === 'Error' || label === 'Invalid' ? 'errored' : 'failed';
  return result === 'Passed' || result === 'Warning' ? 'passed' : 'skipped';
}
