import { type Collector, shorten } from '../collect.js';
import { DETAIL_CHARACTERS, isRed, type Status, type TestCase } from '../model.js';
import { boundOpen, linesOf } from '../source.js';
import { count, parseTree, string, type Tree } from './value.js';

const ENDED: ReadonlyMap<string, Status> = new Map([
  ['pass', 'passed'],
  ['fail', 'failed'],
  ['skip', 'skipped'],
]);

interface Package {
  /** Output of the package itself: build errors, a panic, TestMain. */
  output: string;
  readonly running: Map<string, string>;
  /** Tests of which a subtest is red. */
  readonly redParents: Set<string>;
  red: boolean;
}

/**
 * `go test -json`, one event a line. Source: `go doc test2json`, `go help buildjson`. A package that fails without a
 * failing test (it does not compile, a panic, os.Exit in TestMain) is one errored test, and a test that never ended
 * (a panic or the time limit ended the program) is errored too.
 */
export async function readGoJson(path: string, name: string, into: Collector): Promise<string | undefined> {
  const packages = new Map<string, Package>();
  const builds = new Map<string, string>();
  let events = 0;
  let foreign = 0;
  for await (const line of linesOf(path)) {
    const event = line.startsWith('{') ? parseTree(line) : undefined;
    if (event === undefined || typeof event.Action !== 'string') {
      if (line.trim() !== '') foreign++;
      continue;
    }
    events++;
    take(event, packages, builds, into);
    boundOpen(name, packages, builds, ...openIn(packages.get(string(event.Package))));
  }
  for (const [suite, state] of packages) endPackage(suite, state, 'fail', builds, {}, into);
  return events === 0 ? `none of its ${foreign} lines is an event of go test -json (${name})` : undefined;
}

function openIn(state: Package | undefined) {
  return state === undefined ? [] : [state.running, state.redParents];
}

function take(
  event: Tree,
  packages: Map<string, Package>,
  builds: Map<string, string>,
  into: Collector,
): void {
  const action = string(event.Action);
  if (action === 'build-output') {
    const path = string(event.ImportPath);
    builds.set(path, grown(builds.get(path) ?? '', string(event.Output)));
    return;
  }
  const suite = string(event.Package);
  if (suite === '') return;
  let state = packages.get(suite);
  if (state === undefined) {
    state = { output: '', running: new Map(), redParents: new Set(), red: false };
    packages.set(suite, state);
  }
  const test = string(event.Test);
  if (action === 'output') {
    const said = string(event.Output);
    if (test === '') state.output = grown(state.output, said);
    else if (!/^\s*(=== |--- )/.test(said)) {
      state.running.set(test, grown(state.running.get(test) ?? '', said));
    }
  } else if (action === 'run') state.running.set(test, '');
  else if (ENDED.has(action) && test !== '') {
    endTest(suite, test, state, event, into);
  } else if (ENDED.has(action)) {
    endPackage(suite, state, action, builds, event, into);
    packages.delete(suite);
  }
}

function endTest(suite: string, test: string, state: Package, event: Tree, into: Collector): void {
  const status = ENDED.get(string(event.Action)) ?? 'errored';
  const own = state.running.get(test) ?? '';
  const output = own.trim() === '' && state.redParents.has(test) ? 'A subtest of it is red.' : own;
  into.add(testOf(suite, test, status, count(event.Elapsed) * 1000, output));
  state.running.delete(test);
  if (status !== 'failed') return;
  state.red = true;
  if (test.includes('/')) state.redParents.add(test.slice(0, test.lastIndexOf('/')));
}

function endPackage(
  suite: string,
  state: Package,
  action: string,
  builds: ReadonlyMap<string, string>,
  event: Tree,
  into: Collector,
): void {
  for (const [test, output] of state.running) {
    state.red = true;
    into.add(testOf(suite, test, 'errored', 0, `${output}\nIt did not end.\n${state.output}`));
  }
  if (action !== 'fail' || state.red) return;
  const output = (builds.get(string(event.FailedBuild)) ?? '') + state.output;
  into.add(testOf(suite, '(the package itself)', 'errored', count(event.Elapsed) * 1000, output));
}

function testOf(suite: string, name: string, status: Status, durationMs: number, output: string): TestCase {
  const details = output.trim();
  const lines = details.split('\n');
  const telling = lines.find((line) => /\S/.test(line) && !/^\s*(FAIL|exit status|ok)\b/.test(line)) ?? '';
  const message = telling.trim().replace(/^[\w./-]+\.go:\d+(:\d+)?: /, '');
  if (status === 'skipped')
    return { suite, name, status, durationMs, ...(message !== '' && { reason: message }) };
  return { suite, name, status, durationMs, ...(isRed(status) && { failure: { message, details } }) };
}

/** Bounded while it grows, or a test that prints for hours would be kept whole. */
function grown(text: string, more: string): string {
  const all = text + more;
  return all.length > 4 * DETAIL_CHARACTERS ? shorten(all, 2 * DETAIL_CHARACTERS) : all;
}
