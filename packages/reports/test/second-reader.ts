import { XMLParser } from 'fast-xml-parser';
import { Parser } from 'tap-parser';

/** How many tests ended how, by a reader that shares nothing with ours. */
export interface Counts {
  readonly tests: number;
  readonly failed: number;
  readonly errored: number;
  readonly skipped: number;
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
