import type { Collector } from './collect.js';
import { headOf, unreadable } from './source.js';

export type Format =
  | 'junit'
  | 'trx'
  | 'nunit'
  | 'xunit'
  | 'ctrf'
  | 'jest-json'
  | 'rspec-json'
  | 'go-json'
  | 'dart-json'
  | 'tap'
  | 'libtest';

type Reader = (path: string, name: string, into: Collector) => Promise<string | undefined>;

/** Each reader is loaded when a file needs it. */
const READERS: Readonly<Record<Format, () => Promise<Reader>>> = {
  junit: async () => (await import('./readers/junit.js')).readJunit,
  trx: async () => (await import('./readers/dotnet.js')).readTrx,
  nunit: async () => (await import('./readers/nunit.js')).readNunit,
  xunit: async () => (await import('./readers/dotnet.js')).readXunit,
  ctrf: async () => (await import('./readers/ctrf.js')).readCtrf,
  'jest-json': async () => (await import('./readers/jest-json.js')).readJestJson,
  'rspec-json': async () => (await import('./readers/rspec-json.js')).readRspecJson,
  'go-json': async () => (await import('./readers/go-json.js')).readGoJson,
  'dart-json': async () => (await import('./readers/dart-json.js')).readDartJson,
  tap: async () => (await import('./readers/tap.js')).readTap,
  libtest: async () => (await import('./readers/libtest.js')).readLibtest,
};

/**
 * Reads a result file into `into`, in the format that its first characters tell. What is wrong with a file that can
 * be read in part (it is cut off, it declares entities) becomes a problem of the results, not an exception.
 * @param name the path as the user knows it
 * @param as the format, where the caller knows it
 * @throws ActionError 'unreadable-report' for a file in no known format, or without measure
 */
export async function readReport(path: string, name: string, into: Collector, as?: Format): Promise<Format> {
  const format = as ?? formatOf(await headOf(path));
  if (format === undefined)
    throw unreadable(
      name,
      'it is in no format that is known (JUnit, TRX, NUnit, xUnit, CTRF, Jest or Vitest JSON, RSpec JSON, go test -json, Dart JSON, TAP)',
    );
  const read = await READERS[format]();
  into.report = name;
  const problem = await read(path, name, into);
  if (problem !== undefined) into.problem(name, problem.slice(0, 500));
  return format;
}

const ROOTS: ReadonlyMap<string, Format> = new Map([
  ['testsuites', 'junit'],
  ['testsuite', 'junit'],
  ['TestRun', 'trx'],
  ['test-run', 'nunit'],
  ['assemblies', 'xunit'],
  ['assembly', 'xunit'],
]);

/** The format that a file's head tells, or undefined. */
export function formatOf(head: string): Format | undefined {
  const text = head.trimStart();
  if (text.startsWith('<')) {
    // Declarations, comments and document types come before the root element.
    const bare = text.replace(/<\?[\s\S]*?\?>|<!--[\s\S]*?-->/g, '');
    const root = /<([A-Za-z_][\w.:-]*)/.exec(bare)?.[1];
    return root === undefined ? undefined : ROOTS.get(root.slice(root.indexOf(':') + 1));
  }
  if (/^(TAP version \d+|1\.\.\d+|(not )?ok\b|# Subtest)/m.test(text) && !text.startsWith('{')) return 'tap';
  if (!text.startsWith('{')) return undefined;
  const line = text.split('\n', 1)[0] ?? '';
  if (/"(Action|ImportPath)":"/.test(line)) return 'go-json';
  if (/"type":"(start|suite|testStart|allSuites)"/.test(line)) return 'dart-json';
  if (/"reportFormat"\s*:\s*"CTRF"|"results"\s*:\s*\{/.test(text)) return 'ctrf';
  if (/^\{\s*"version"\s*:\s*"[^"]*",\s*"(examples|messages|seed)"\s*:/.test(text)) return 'rspec-json';
  if (/"(testResults|numTotalTest\w*|numFailedTest\w*)"/.test(text)) return 'jest-json';
  return undefined;
}
