import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { milliseconds } from '../src/readers/junit.ts';
import { read } from './read.ts';

describe('JUnit in its dialects', () => {
  test('pytest, xunit1: file and line, a failure and an error', async () => {
    const { totals, failures, others } =
      await read(`<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests">
<testsuite name="pytest" errors="1" failures="1" skipped="1" tests="4" time="0.05">
<testcase classname="tests.test_a.TestThing" name="test_ok" file="tests/test_a.py" line="2" time="0.001" />
<testcase classname="tests.test_a" name="test_bad" file="tests/test_a.py" line="8" time="0.002"><failure message="assert 1 == 2">def test_bad():
&gt;       assert 1 == 2
tests/test_a.py:9: AssertionError</failure></testcase>
<testcase classname="tests.test_a" name="test_late" file="tests/test_a.py" line="20" time="0"><skipped type="pytest.skip" message="later">x</skipped></testcase>
<testcase classname="tests.test_a" name="test_fixture" file="tests/test_a.py" line="30" time="0.1"><error message="failed on setup">boom</error></testcase>
</testsuite></testsuites>`);
    expect(totals).toMatchObject({ tests: 4, passed: 1, failed: 1, errored: 1, skipped: 1 });
    expect(failures[0]).toMatchObject({
      suite: 'tests.test_a',
      name: 'test_bad',
      file: 'tests/test_a.py',
      line: 8,
      durationMs: 2,
      failure: { message: 'assert 1 == 2', details: expect.stringContaining('>       assert 1 == 2') },
    });
    expect(others.find(({ status }) => status === 'skipped')?.reason).toBe('later');
  });

  test('a failure, and then an error in the tear-down, are one red test: the first', async () => {
    const { totals, failures } = await read(
      '<testsuite><testcase name="a"><failure message="first">x</failure><error message="second">y</error></testcase></testsuite>',
    );
    expect(totals).toMatchObject({ tests: 1, failed: 1, errored: 0 });
    expect(failures[0]?.failure?.message).toBe('first');
  });

  test('Surefire: a flaky test passed, a re-run one did not', async () => {
    const { totals, failures } = await read(`<testsuite name="com.example.ThingTest" tests="2" failures="1">
<testcase name="comesAndGoes" classname="com.example.ThingTest" time="0.1">
<flakyFailure message="first" type="java.lang.AssertionError"><stackTrace><![CDATA[at com.example.ThingTest.x(ThingTest.java:7)]]></stackTrace></flakyFailure></testcase>
<testcase name="stays" classname="com.example.ThingTest" time="0.1"><failure message="no" type="E">trace</failure>
<rerunFailure message="no again" type="E">second</rerunFailure></testcase></testsuite>`);
    expect(totals).toMatchObject({ tests: 2, passed: 1, failed: 1, flaky: 1 });
    expect(failures[0]).toMatchObject({ name: 'comesAndGoes', status: 'passed', flaky: true, attempts: 2 });
    expect(failures[0]?.failure?.details).toContain('ThingTest.java:7');
    expect(failures[1]).toMatchObject({
      name: 'stays',
      status: 'failed',
      attempts: 2,
      failure: { details: 'trace' },
    });
  });

  test('PHPUnit: nested suites, the file inherited', async () => {
    const { totals, others, failures } =
      await read(`<testsuites><testsuite name="all"><testsuite name="ThingTest" file="/app/tests/ThingTest.php">
<testcase name="testOk" class="ThingTest" line="10" time="0.01"/><testsuite name="ThingTest::testData">
<testcase name="testData with data set #0" class="ThingTest" file="/app/tests/ThingTest.php" line="20" time="0.01"><failure type="F">no</failure></testcase>
</testsuite></testsuite></testsuite></testsuites>`);
    expect(totals).toMatchObject({ tests: 2, failed: 1 });
    expect(others[0]).toMatchObject({ suite: 'ThingTest', file: '/app/tests/ThingTest.php', line: 10 });
    expect(failures[0]?.failure?.message).toBe('no');
  });

  test('a suite that broke as a whole is one errored test', async () => {
    const { totals, failures } = await read(
      '<testsuite name="setup" file="a.py"><error message="cannot import">x</error></testsuite>',
    );
    expect(totals).toMatchObject({ tests: 1, errored: 1 });
    expect(failures[0]).toMatchObject({ suite: 'setup', name: '(the suite itself)', file: 'a.py' });
  });

  test('what a test prints is not why it failed', async () => {
    const { failures } = await read(
      '<testsuite><testcase name="a"><failure message="why">because</failure><system-out>noise</system-out></testcase></testsuite>',
    );
    expect(failures[0]?.failure?.details).toBe('because');
  });

  test('statuses that stand in an attribute', async () => {
    const { totals } = await read(
      '<testsuite><testcase name="a" result="suppressed"/><testcase name="b" status="notrun"/><testcase name="c" status="run"/></testsuite>',
    );
    expect(totals).toMatchObject({ skipped: 2, passed: 1 });
  });

  test.for([
    ['1.5', 1500],
    ['1,234.5', 1_234_500],
    ['0,5', 500],
    ['0.25s', 250],
    ['-1', 0],
    ['NaN', 0],
    ['', 0],
    [undefined, 0],
  ] as const)('a time of %j is %d ms', ([text, expected]) => {
    expect(milliseconds(text)).toBe(expected);
  });
});

const OUTCOMES = { passed: '', failed: 'failure', errored: 'error', skipped: 'skipped' } as const;
const CASE = fc.record({
  name: fc.string({ unit: 'grapheme-ascii', minLength: 1 }),
  outcome: fc.constantFrom(...(Object.keys(OUTCOMES) as (keyof typeof OUTCOMES)[])),
  milliseconds: fc.nat(5_000),
  text: fc.string({ unit: 'grapheme' }),
});

/** Written by its own rules, apart from the reader: attributes and text escaped, suites nested as often as may be. */
function xmlOf(
  suites: readonly (readonly {
    name: string;
    outcome: keyof typeof OUTCOMES;
    milliseconds: number;
    text: string;
  }[])[],
): string {
  const escaped = (text: string) =>
    [...text].map((char) => (/[\w ]/.test(char) ? char : `&#${char.codePointAt(0)};`)).join('');
  const inner = suites.map((cases, index) => {
    const tests = cases.map(({ name, outcome, milliseconds: ms, text }) => {
      const element = OUTCOMES[outcome];
      const child =
        element === '' ? '' : `<${element} message="${escaped(text)}">${escaped(text)}</${element}>`;
      return `<testcase classname="c${index}" name="${escaped(name)}" time="${ms / 1000}">${child}</testcase>`;
    });
    return `<testsuite name="s${index}">${tests.join('')}</testsuite>`;
  });
  return `<testsuites>${inner.join('')}</testsuites>`;
}

test('whatever was written is counted, and names come back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(CASE, { maxLength: 8 }), { maxLength: 5 }), async (suites) => {
      const { totals, failures, others, problems } = await read(xmlOf(suites));
      const all = suites.flat();
      for (const outcome of Object.keys(OUTCOMES) as (keyof typeof OUTCOMES)[]) {
        expect(totals[outcome]).toBe(all.filter((entry) => entry.outcome === outcome).length);
      }
      expect(totals.tests).toBe(all.length);
      expect(totals.durationMs).toBeCloseTo(
        all.reduce((sum, entry) => sum + entry.milliseconds, 0),
        3,
      );
      expect([...failures, ...others].map(({ name }) => name).toSorted()).toEqual(
        all.map(({ name }) => name).toSorted(),
      );
      expect(problems).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
