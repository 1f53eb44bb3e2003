import { type Counted, type Counts, counts, type Status } from './counts.ts';
import { all, type Element, elementsOf, figures } from './elements.ts';

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
