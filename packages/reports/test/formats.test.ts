import { describe, expect, test } from 'vitest';
import { formatOf } from '../src/read.ts';
import { read } from './read.ts';

const go = (...events: object[]) => events.map((event) => JSON.stringify(event)).join('\n');

describe('go test -json', () => {
  test('subtests, a skip, and a package that does not compile', async () => {
    const { totals, failures, others, format } = await read(
      go(
        {
          ImportPath: 'x/broken [x/broken.test]',
          Action: 'build-output',
          Output: 'broken/b_test.go:5:2: undefined: y\n',
        },
        { ImportPath: 'x/broken [x/broken.test]', Action: 'build-fail' },
        { Action: 'start', Package: 'x/broken' },
        { Action: 'fail', Package: 'x/broken', Elapsed: 0, FailedBuild: 'x/broken [x/broken.test]' },
        { Action: 'run', Package: 'x/a', Test: 'TestOne' },
        { Action: 'run', Package: 'x/a', Test: 'TestOne/sub' },
        { Action: 'output', Package: 'x/a', Test: 'TestOne/sub', Output: '    a_test.go:9: got 2, want 3\n' },
        { Action: 'fail', Package: 'x/a', Test: 'TestOne/sub', Elapsed: 0.01 },
        { Action: 'fail', Package: 'x/a', Test: 'TestOne', Elapsed: 0.02 },
        { Action: 'run', Package: 'x/a', Test: 'TestLate' },
        { Action: 'output', Package: 'x/a', Test: 'TestLate', Output: '    a_test.go:20: later\n' },
        { Action: 'skip', Package: 'x/a', Test: 'TestLate', Elapsed: 0 },
        { Action: 'fail', Package: 'x/a', Elapsed: 0.1 },
      ),
    );
    expect(format).toBe('go-json');
    expect(totals).toMatchObject({ tests: 4, failed: 2, errored: 1, skipped: 1 });
    expect(failures[0]).toMatchObject({ suite: 'x/broken', name: '(the package itself)', status: 'errored' });
    expect(failures[0]?.failure?.details).toContain('undefined: y');
    expect(failures[1]?.failure?.message).toBe('got 2, want 3');
    expect(failures[2]?.failure?.message).toBe('A subtest of it is red.');
    expect(others[0]).toMatchObject({ name: 'TestLate', reason: 'later' });
  });

  test('a test that never ended, and a run that was cut off', async () => {
    const panic = await read(
      go(
        { Action: 'run', Package: 'x', Test: 'TestA' },
        { Action: 'output', Package: 'x', Output: 'panic: boom\n' },
        { Action: 'fail', Package: 'x', Elapsed: 1 },
      ),
    );
    expect(panic.failures[0]).toMatchObject({ name: 'TestA', status: 'errored' });
    expect(panic.failures[0]?.failure?.details).toContain('panic: boom');
    const cut = await read(go({ Action: 'run', Package: 'x', Test: 'TestA' }));
    expect(cut.totals).toMatchObject({ tests: 1, errored: 1 });
  });
});

describe('TAP', () => {
  test('subtests as node:test writes them', async () => {
    const { totals, failures, others } = await read(`TAP version 13
# Subtest: group
    # Subtest: works
    ok 1 - works
      ---
      duration_ms: 1.5
      ...
    # Subtest: breaks
    not ok 2 - breaks
      ---
      error: 'Expected 1'
      ...
    1..2
not ok 1 - group
# Subtest: alone
ok 2 - alone # SKIP later
1..2
`);
    expect(totals).toMatchObject({ tests: 3, passed: 1, failed: 1, skipped: 1 });
    expect(failures[0]).toMatchObject({ suite: 'group', name: 'breaks', failure: { message: 'Expected 1' } });
    expect(others[0]?.durationMs).toBe(1.5);
    expect(others[1]).toMatchObject({ name: 'alone', reason: 'later' });
  });

  test('TODO does not count as red; a plan that is not met is a problem', async () => {
    const { totals, problems } = await read('1..3\nok 1 - a\nnot ok 2 - b # TODO some day\n');
    expect(totals).toMatchObject({ passed: 1, skipped: 1, failed: 0 });
    expect(problems[0]?.message).toContain('says 3 tests, and 2 ran');
    expect((await read('ok 1\nBail out! no database\n')).problems[0]?.message).toContain('no database');
  });
});

describe('JSON of JavaScript and Dart', () => {
  test('Jest and Vitest', async () => {
    const { totals, failures, format } = await read(
      JSON.stringify({
        numTotalTests: 2,
        testResults: [
          {
            name: '/app/a.test.js',
            status: 'failed',
            assertionResults: [
              {
                ancestorTitles: ['a', 'b'],
                title: 'c',
                status: 'failed',
                duration: 5,
                failureMessages: ['Error: no\n  at x'],
              },
              { ancestorTitles: [], title: 'd', status: 'pending' },
            ],
          },
          { name: '/app/b.test.js', status: 'failed', message: 'Cannot find module', assertionResults: [] },
        ],
      }),
    );
    expect(format).toBe('jest-json');
    expect(totals).toMatchObject({ tests: 3, failed: 1, errored: 1, skipped: 1 });
    expect(failures[0]).toMatchObject({ suite: 'a › b', name: 'c', failure: { message: 'Error: no' } });
    expect(failures[1]).toMatchObject({ name: '(the file itself)', file: '/app/b.test.js' });
  });

  test('CTRF', async () => {
    const tests = [
      { name: 'a', status: 'passed', duration: 3, flaky: true, retries: 1 },
      {
        name: 'b',
        status: 'failed',
        duration: 1,
        suite: ['x', 'y'],
        message: 'm',
        trace: 't',
        filePath: 'f.js',
        line: 4,
      },
      { name: 'c', status: 'pending', duration: 0 },
    ];
    const { totals, failures } = await read(JSON.stringify({ reportFormat: 'CTRF', results: { tests } }));
    expect(totals).toMatchObject({ tests: 3, passed: 1, failed: 1, skipped: 1, flaky: 1 });
    expect(failures[1]).toMatchObject({
      suite: 'x › y',
      file: 'f.js',
      line: 4,
      failure: { message: 'm', details: 't' },
    });
  });

  test('Dart', async () => {
    const { totals, failures, problems } = await read(
      go(
        { type: 'start', time: 0 },
        { type: 'suite', suite: { id: 0, path: 'test/a_test.dart' } },
        { type: 'testStart', test: { id: 1, name: 'loading', suiteID: 0 }, time: 1 },
        { type: 'testDone', testID: 1, result: 'success', hidden: true, time: 2 },
        { type: 'testStart', test: { id: 2, name: 'adds', suiteID: 0, line: 7 }, time: 3 },
        {
          type: 'error',
          testID: 2,
          error: 'Expected: 1',
          stackTrace: 'test/a_test.dart 8:5',
          isFailure: true,
          time: 4,
        },
        { type: 'testDone', testID: 2, result: 'failure', hidden: false, time: 13 },
      ),
    );
    expect(totals).toMatchObject({ tests: 1, failed: 1 });
    expect(failures[0]).toMatchObject({ name: 'adds', durationMs: 10, line: 7 });
    expect(problems[0]?.message).toContain('did not end');
  });
});

describe('.NET', () => {
  test('TRX: classes that stand after the results', async () => {
    const { totals, failures, others } = await read(`<?xml version="1.0" encoding="utf-8"?>
<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>
<UnitTestResult testId="1" testName="App.Tests.A.Works" outcome="Passed" duration="00:00:01.5000000"/>
<UnitTestResult testId="2" testName="App.Tests.A.Breaks" outcome="Failed" duration="00:00:00.0100000"><Output><StdOut>noise</StdOut><ErrorInfo><Message>no</Message><StackTrace>at App.Tests.A.Breaks() in C:\\src\\A.cs:line 12</StackTrace></ErrorInfo></Output></UnitTestResult>
<UnitTestResult testId="3" testName="App.Tests.A.Later" outcome="NotExecuted"/></Results>
<TestDefinitions><UnitTest id="1"><TestMethod className="App.Tests.A" name="Works"/></UnitTest><UnitTest id="2"><TestMethod className="App.Tests.A"/></UnitTest></TestDefinitions></TestRun>`);
    expect(totals).toMatchObject({ tests: 3, passed: 1, failed: 1, skipped: 1 });
    expect(others[0]).toMatchObject({ suite: 'App.Tests.A', name: 'Works', durationMs: 1500 });
    expect(failures[0]?.failure).toMatchObject({
      message: 'no',
      details: expect.stringContaining('A.cs:line 12'),
    });
    expect(failures[0]?.failure?.details).not.toContain('noise');
  });

  test('NUnit 3', async () => {
    const { totals, failures } = await read(`<test-run><test-suite type="TestFixture" fullname="N.T">
<test-case name="Ok" classname="N.T" result="Passed" duration="0.5"/>
<test-case name="Bad" classname="N.T" result="Failed" label="Error"><failure><message><![CDATA[boom]]></message><stack-trace>at N.T.Bad()</stack-trace></failure></test-case>
<test-case name="Off" classname="N.T" result="Skipped"><reason><message>why</message></reason></test-case></test-suite></test-run>`);
    expect(totals).toMatchObject({ passed: 1, errored: 1, skipped: 1 });
    expect(failures[0]?.failure).toMatchObject({ message: 'boom' });
  });

  test('xUnit v2', async () => {
    const { totals, failures, others } = await read(`<assemblies><assembly name="a.dll"><collection>
<test name="X.T.Ok" type="X.T" method="Ok" time="0.1" result="Pass"/>
<test name="X.T.Bad(a: 1)" type="X.T" time="0.2" result="Fail"><failure exception-type="Xunit.E"><message>no</message><stack-trace>at X</stack-trace></failure></test>
<test name="X.T.Off" type="X.T" result="Skip"><reason>later</reason></test></collection></assembly></assemblies>`);
    expect(totals).toMatchObject({ passed: 1, failed: 1, skipped: 1 });
    expect(failures[0]).toMatchObject({ name: 'Bad(a: 1)', failure: { type: 'Xunit.E', message: 'no' } });
    expect(others[1]?.reason).toBe('later');
  });
});

test('RSpec JSON: a file that could not be loaded, and the frames of gems left out', async () => {
  const { totals, failures, others, format } = await read(
    JSON.stringify({
      version: '3.13.0',
      messages: [
        "\nAn error occurred while loading ./spec/b_spec.rb.\nFailure/Error: require 'nope'\n\nLoadError:\n  no\n# ./spec/b_spec.rb:1:in `<top>'\n",
        '\nRandomized with seed 1\n',
      ],
      examples: [
        {
          description: 'is red',
          full_description: 'group inner is red',
          status: 'failed',
          file_path: './spec/a_spec.rb',
          line_number: 3,
          run_time: 0.25,
          exception: {
            class: 'RSpec::Expectations::ExpectationNotMetError',
            message: '\nexpected: 1\n     got: 2\n',
            backtrace: ['/g/gems/rspec-support-3/lib/a.rb:1:in `x`', '/srv/app/spec/a_spec.rb:4:in `block`'],
          },
        },
        {
          description: 'is late',
          full_description: 'group is late',
          status: 'pending',
          file_path: './spec/a_spec.rb',
          line_number: 8,
          pending_message: 'later',
        },
      ],
      summary: { example_count: 2, errors_outside_of_examples_count: 1 },
      summary_line: '2 examples, 1 failure, 1 pending, 1 error occurred outside of examples',
    }),
  );
  expect(format).toBe('rspec-json');
  expect(totals).toMatchObject({ tests: 3, failed: 1, errored: 1, skipped: 1 });
  expect(failures[0]).toMatchObject({
    suite: 'group inner',
    name: 'is red',
    line: 3,
    durationMs: 250,
    failure: {
      message: 'expected: 1',
      details: 'expected: 1\n     got: 2\n# /srv/app/spec/a_spec.rb:4:in `block`',
    },
  });
  expect(failures[1]).toMatchObject({ name: '(the file itself)', file: './spec/b_spec.rb' });
  expect(others[0]?.reason).toBe('later');
});

test('RSpec JSON: an example that spec files share belongs to the one it was run for', async () => {
  const shared = { status: 'failed', file_path: './spec/support/shared.rb', line_number: 2 };
  const own = { status: 'failed', file_path: './spec/[b]_spec.rb', line_number: 4 };
  const { failures } = await read(
    JSON.stringify({
      version: '3.12.0',
      messages: [],
      examples: [
        { ...shared, id: './spec/a_spec.rb[1:1:1]', description: 'x', full_description: 'a x' },
        { ...own, id: './spec/[b]_spec.rb[1:2]', description: 'y', full_description: 'b y' },
      ],
      summary: { example_count: 2, errors_outside_of_examples_count: 0 },
    }),
  );
  expect(failures.map(({ file, line }) => [file, line])).toEqual([
    ['./spec/a_spec.rb', undefined],
    ['./spec/[b]_spec.rb', 4],
  ]);
});

test('what cargo test prints', async () => {
  const { totals, failures } = await read(
    `     Running unittests src/lib.rs (target/debug/deps/app-1)

running 3 tests
test tests::ok ... ok
test tests::off ... ignored
test tests::bad ... FAILED

failures:

---- tests::bad stdout ----
thread 'tests::bad' panicked at src/lib.rs:12:9:
assertion failed

failures:
    tests::bad

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out
`,
    'libtest',
  );
  expect(totals).toMatchObject({ tests: 3, passed: 1, failed: 1, skipped: 1 });
  expect(failures[0]).toMatchObject({ suite: 'src/lib.rs', name: 'tests::bad' });
  expect(failures[0]?.failure?.details).toContain('src/lib.rs:12:9');
});

test.for([
  ['<?xml version="1.0"?><!-- <assemblies> --><testsuites>', 'junit'],
  ['<n:testsuite xmlns:n="x">', 'junit'],
  ['<html>', undefined],
  ['', undefined],
  ['{"Time":"2026","Action":"start","Package":"x"}', 'go-json'],
  ['{"results":{"tool":{}}}', 'ctrf'],
  ['{\n  "version": "3.12.0",\n  "messages": [', 'rspec-json'],
  ['{"version":"1","other":1}', undefined],
  ['{"a":1}', undefined],
  ['TAP version 14\n1..1', 'tap'],
  ['hello\nworld', undefined],
] as const)('the format of %j', ([head, format]) => {
  expect(formatOf(head)).toBe(format);
});
