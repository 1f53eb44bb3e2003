import { calculateSummary, parse, validateStrict } from 'ctrf';
import { XMLParser } from 'fast-xml-parser';
import { Parser } from 'tap-parser';

/** How many tests ended how, by a reader that shares nothing with ours. */
export interface Counts {
  readonly tests: number;
  readonly failed: number;
  readonly errored: number;
  readonly skipped: number;
}

/** Counts, beside what the tool itself says that they are. */
export interface Counted extends Counts {
  readonly declared?: Counts;
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
}

/** The whole document at once, by fast-xml-parser: slow and large, which is why it is no more than the second. */
export function elementsOf(xml: string): readonly Element[] {
  const parser = new XMLParser({ preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: '' });
  return children(parser.parse(xml));
}

function children(nodes: unknown): readonly Element[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: Record<string, unknown>) => {
    const name = Object.keys(node).find((key) => key !== ':@' && key !== '#text');
    if (name === undefined) return [];
    const attributes = (node[':@'] ?? {}) as Record<string, string>;
    return [{ name, attributes, children: children(node[name]) }];
  });
}

function all(elements: readonly Element[], name: string): readonly Element[] {
  return elements.flatMap((element) => [
    ...(element.name === name ? [element] : []),
    ...all(element.children, name),
  ]);
}

/** JUnit: one test for each `testcase`, by the elements in it. */
export function countJunit(xml: string): Counts {
  const cases = all(elementsOf(xml), 'testcase').map((test) => test.children.map(({ name }) => name));
  return counts(
    cases.map((names) => {
      const red = names.find((name) => name === 'failure' || name === 'error');
      if (red !== undefined) return red === 'failure' ? 'failed' : 'errored';
      return names.includes('skipped') ? 'skipped' : 'passed';
    }),
  );
}

/** What the tool itself says in the attributes of its outermost suites; undefined where it says nothing. */
export function declaredInJunit(xml: string): Counts | undefined {
  const outer = elementsOf(xml).flatMap((element) =>
    element.name === 'testsuites' ? element.children : element,
  );
  const suites = outer.filter(
    ({ name, attributes }) => name === 'testsuite' && attributes.tests !== undefined,
  );
  if (suites.length === 0) return undefined;
  const sum = (name: string) =>
    suites.reduce((total, { attributes }) => total + Number(attributes[name] ?? 0), 0);
  return { tests: sum('tests'), failed: sum('failures'), errored: sum('errors'), skipped: sum('skipped') };
}

/** TAP, by the parser of node-tap: the innermost points are the tests. */
export function countTap(tap: string): Counts {
  const statuses: Status[] = [];
  const listen = (parser: Parser) => {
    const groups = new Set<string>();
    parser.on('child', (child: Parser) => {
      groups.add(child.name);
      listen(child);
    });
    parser.on('assert', ({ ok, skip, todo, name }) => {
      if (groups.has(name)) return;
      statuses.push(skip || (todo && !ok) ? 'skipped' : ok ? 'passed' : 'failed');
    });
  };
  const parser = new Parser({ strict: false });
  listen(parser);
  parser.end(tap);
  return counts(statuses);
}

/** `go test -json`, by the lines of plain text in its output events, which the tool writes beside its actions. */
export function countGo(events: string): Counts {
  const text = events
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { Action: string; Output?: string })
    .filter(({ Action }) => Action === 'output')
    .map(({ Output }) => Output ?? '')
    .join('');
  return counts(
    [...text.matchAll(/^ *--- (PASS|FAIL|SKIP): /gm)].map(([, word]) =>
      word === 'PASS' ? 'passed' : word === 'FAIL' ? 'failed' : 'skipped',
    ),
  );
}

/** TRX, by the results that hold no others, and what the tool itself counted. */
export function countTrx(xml: string): Counted {
  const results = all(elementsOf(xml), 'UnitTestResult').filter(
    ({ children }) => all(children, 'UnitTestResult').length === 0,
  );
  const [counters] = all(elementsOf(xml), 'Counters');
  const said = figures(counters);
  return {
    ...counts(results.map(({ attributes }) => trxStatus(attributes.outcome))),
    declared: {
      tests: said('total'),
      failed: said('failed'),
      errored: said('error') + said('timeout') + said('aborted') + said('disconnected'),
      skipped: said('total') - said('executed') + said('inconclusive'),
    },
  };
}

function trxStatus(outcome = 'Failed'): Status {
  if (outcome === 'Passed' || outcome === 'Warning' || outcome === 'PassedButRunAborted') return 'passed';
  if (outcome === 'Failed') return 'failed';
  return ['Error', 'Timeout', 'Aborted', 'Disconnected'].includes(outcome) ? 'errored' : 'skipped';
}

/** NUnit 3. The tool's own figures know neither errors nor what is red outside of its tests. */
export function countNunit(xml: string): Counted {
  const root = elementsOf(xml);
  const cases = all(root, 'test-case').map(({ attributes: { result, label } }): Status => {
    if (result === 'Failed') return label === 'Error' || label === 'Invalid' ? 'errored' : 'failed';
    return result === 'Passed' || result === 'Warning' ? 'passed' : 'skipped';
  });
  const outside = all(root, 'test-suite').filter(
    ({ attributes: { result, site }, children }) =>
      result === 'Failed' &&
      (site === 'TearDown' ||
        (all(children, 'test-case').length === 0 && !all(children, 'test-suite').some(isFailed))),
  );
  const said = figures(all(root, 'test-run')[0]);
  const found = counts([...cases, ...outside.map((): Status => 'errored')]);
  return {
    ...found,
    declared: {
      tests: said('total') + outside.length,
      failed: said('failed') - found.errored + outside.length,
      errored: found.errored,
      skipped: said('skipped') + said('inconclusive'),
    },
  };
}

function isFailed({ attributes }: Element): boolean {
  return attributes.result === 'Failed';
}

/** xUnit.net v2: `errors` stand beside the tests, in the document and in its figures. */
export function countXunit(xml: string): Counted {
  const root = elementsOf(xml);
  const tests = all(root, 'test').map(({ attributes: { result } }): Status => {
    if (result === 'Fail') return 'failed';
    return result === 'Pass' ? 'passed' : 'skipped';
  });
  const errors = all(all(root, 'errors'), 'error').map((): Status => 'errored');
  const assemblies = all(root, 'assembly').map(figures);
  const sum = (name: string) => assemblies.reduce((total, said) => total + said(name), 0);
  return {
    ...counts([...tests, ...errors]),
    declared: {
      tests: sum('total') + sum('errors'),
      failed: sum('failed'),
      errored: sum('errors'),
      skipped: sum('skipped'),
    },
  };
}

/** CTRF, validated, read and summed up by the format's own reference implementation. */
export function countCtrf(json: string): Counted {
  validateStrict(JSON.parse(json));
  const { results } = parse(json);
  const counted = (summary: {
    tests: number;
    failed: number;
    skipped: number;
    pending: number;
    other: number;
  }) => ({
    tests: summary.tests,
    failed: summary.failed,
    errored: 0,
    skipped: summary.skipped + summary.pending + summary.other,
  });
  return { ...counted(calculateSummary(results.tests)), declared: counted(results.summary) };
}

/** Dart: the ends of tests alone, without what began or was printed in between. */
export function countDart(events: string): Counted {
  const ends = events
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { type: string; result: string; hidden: boolean; skipped: boolean })
    .filter(({ type, hidden }) => type === 'testDone' && !hidden);
  const status = ({ result, skipped }: (typeof ends)[number]): Status => {
    if (skipped) return 'skipped';
    return result === 'success' ? 'passed' : result === 'failure' ? 'failed' : 'errored';
  };
  return counts(ends.map(status));
}

/** Jest and Vitest: the figures at the top, and each file's own that could not be loaded. */
export function countJest(json: string): Counted {
  const report = JSON.parse(json) as Record<string, number> & {
    testResults: { status: string; assertionResults: { status: string }[] }[];
  };
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length;
  const statuses =
    JSON.stringify(report.testResults).match(/"status":"(passed|failed|pending|skipped|todo)"/g) ?? [];
  const told = (word: string) => statuses.filter((status) => status.includes(`"${word}"`)).length;
  const files = (word: string) => report.testResults.filter(({ status }) => status === word).length;
  const passed = told('passed') - files('passed');
  const failed = told('failed') - files('failed');
  const skipped = told('pending') + told('skipped') + told('todo') - files('pending') - files('skipped');
  return {
    tests: passed + failed + skipped + broken,
    failed,
    errored: broken,
    skipped,
    declared: {
      tests: (report.numTotalTests ?? 0) + broken,
      failed: report.numFailedTests ?? 0,
      errored: broken,
      skipped: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0),
    },
  };
}

/** RSpec: the sentence that ends its report. */
export function countRspec(json: string): Counted {
  const { summary_line: line = '', examples } = JSON.parse(json) as {
    summary_line?: string;
    examples: { status: string }[];
  };
  const said = (word: RegExp) => Number(word.exec(line)?.[1] ?? 0);
  const errored = said(/(\d+) errors? occurred outside/);
  const told = (status: string) => examples.filter((example) => example.status === status).length;
  return {
    tests: examples.length + errored,
    failed: told('failed'),
    errored,
    skipped: told('pending'),
    declared: {
      tests: said(/(\d+) examples?/) + errored,
      failed: said(/(\d+) failures?/),
      errored,
      skipped: said(/(\d+) pending/),
    },
  };
}

/** `cargo test`: the line that ends each program's tests. */
export function countLibtest(text: string): Counts {
  const lines = [...text.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;/gm)];
  const sum = (group: number) => lines.reduce((total, line) => total + Number(line[group]), 0);
  return { tests: sum(1) + sum(2) + sum(3), failed: sum(2), errored: 0, skipped: sum(3) };
}

/** An element's attributes as numbers; 0 for what is none. */
function figures(element: Element | undefined): (name: string) => number {
  return (name) => Number(element?.attributes[name] ?? 0) || 0;
}

type Status = 'passed' | 'failed' | 'errored' | 'skipped';

function counts(statuses: readonly Status[]): Counts {
  const count = (wanted: Status) => statuses.filter((status) => status === wanted).length;
  return {
    tests: statuses.length,
    failed: count('failed'),
    errored: count('errored'),
    skipped: count('skipped'),
  };
}
