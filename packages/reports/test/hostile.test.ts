import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Collector } from '../src/collect.ts';
import { readReport } from '../src/read.ts';
import { file, read } from './read.ts';

const CASE = '<testcase classname="c" name="n" time="0.1"><failure message="m">x</failure></testcase>';

describe('hostile and broken files', () => {
  test('a billion laughs are not told', async () => {
    const levels = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join(
      '',
    );
    const { problems, totals } = await read(
      `<!DOCTYPE t [<!ENTITY l0 "lol">${levels}]><testsuite><testcase name="a"><failure>&l9;</failure></testcase></testsuite>`,
    );
    expect(problems[0]?.message).toMatch(/undefined entity/);
    expect(totals.tests).toBeLessThanOrEqual(1);
  });

  test('an external entity is never fetched', async () => {
    const secret = file('the secret of another file');
    const { problems, failures } = await read(
      `<!DOCTYPE t [<!ENTITY x SYSTEM "file://${secret}">]><testsuite><testcase name="a"><failure>&x;</failure></testcase></testsuite>`,
    );
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(failures)).not.toContain('the secret');
  });

  test('a file that is cut off tells what it had, and that it is not whole', async () => {
    const { totals, problems } = await read(`<testsuite>${CASE}${CASE}<testcase name="half`);
    expect(totals.tests).toBe(2);
    expect(problems[0]?.message).toMatch(/unclosed|unexpected end/);
  });

  test('elements nested without measure, and no known format, are one clear error', async () => {
    await expect(read('<testsuite>'.repeat(2000))).rejects.toMatchObject({ code: 'unreadable-report' });
    await expect(read('GIF89a')).rejects.toMatchObject({
      code: 'unreadable-report',
      remedy: expect.any(String),
    });
    await expect(read('{"testResults": [')).rejects.toMatchObject({ code: 'unreadable-report' });
  });

  test('words that every object of JavaScript knows are neither a status nor an element', async () => {
    for (const status of ['constructor', '__proto__', 'toString']) {
      const tests = [{ name: 'a', status, duration: 1 }];
      expect((await read(JSON.stringify({ reportFormat: 'CTRF', results: { tests } }))).totals).toMatchObject(
        {
          tests: 1,
          errored: 1,
        },
      );
      const { totals } = await read(
        `<testsuite><testcase name="a"><${status}/><failure>x</failure></testcase><${status}/></testsuite>`,
      );
      expect(totals).toMatchObject({ tests: 1, failed: 1 });
      await expect(read(`<${status}/>`)).rejects.toMatchObject({ code: 'unreadable-report' });
    }
  });

  test('terminal colours and control characters in a message do not end the reading', async () => {
    const { totals, failures } = await read(
      `<testsuite><testcase name="a"><failure message="\u001b[31mred\u001b[0m">\u0000\u0007</failure></testcase>${CASE}</testsuite>`,
    );
    expect(totals.failed).toBe(2);
    expect(failures[0]?.failure?.message).toContain('red');
  });

  test.for([
    [
      'UTF-16 with its mark',
      Buffer.from(`\ufeff<testsuite>${CASE.replace('"n"', '"ü"')}</testsuite>`, 'utf16le'),
    ],
    ['UTF-8 with its mark', Buffer.from(`\ufeff<testsuite>${CASE.replace('"n"', '"ü"')}</testsuite>`)],
    [
      'Latin 1, declared',
      Buffer.from(
        `<?xml version="1.0" encoding="ISO-8859-1"?><testsuite>${CASE.replace('"n"', '"ü"')}</testsuite>`,
        'latin1',
      ),
    ],
    [
      'UTF-8 that calls itself UTF-16',
      Buffer.from(
        `<?xml version="1.0" encoding="utf-16"?><testsuite>${CASE.replace('"n"', '"ü"')}</testsuite>`,
      ),
    ],
  ] as const)('%s', async ([, bytes]) => {
    const { failures } = await read(bytes);
    expect(failures[0]?.name).toBe('ü');
  });

  test.for(['utf8', 'utf16le'] as const)(
    'no character is torn where one piece of a large %s file ends',
    async (encoding) => {
      const names = Array.from(
        { length: 4_000 },
        (_, index) => `${'x'.repeat(index % 7)}${'ü€😀'.repeat(30)} ${index}`,
      );
      const cases = names.map((name) => `<testcase classname="ü${name}" name="${name}"/>`).join('');
      const { others, problems } = await read(Buffer.from(`\ufeff<testsuite>${cases}</testsuite>`, encoding));
      expect(others.map(({ name }) => name)).toEqual(names);
      expect(others.map(({ suite }) => suite)).toEqual(names.map((name) => `ü${name}`));
      expect(problems).toEqual([]);
    },
  );

  test.for([
    ['JUnit', `<testsuite>${CASE}<testcase name="half"><failure>x`],
    [
      'TRX',
      '<TestRun><Results><UnitTestResult testId="1" testName="a" outcome="Failed"/><UnitTestResult testId="2',
    ],
    ['NUnit', '<test-run><test-suite><test-case name="a" result="Failed"/><test-case name="half"'],
    ['xUnit', '<assemblies><assembly><collection><test name="a" result="Fail"/><test name="half"'],
    [
      'Go',
      '{"Action":"run","Package":"p","Test":"T"}\n{"Action":"fail","Package":"p","Test":"T"}\n{"Action":"ru',
    ],
    [
      'Dart',
      '{"type":"start","time":0}\n{"type":"testStart","test":{"id":1,"name":"a"},"time":1}\n{"type":"testDo',
    ],
    ['TAP', 'TAP version 13\n1..3\nnot ok 1 - a\nok 2'],
  ] as const)('%s that is cut off is red, with what it had', async ([, text]) => {
    const { totals, problems } = await read(text);
    expect(totals.failed + totals.errored).toBe(1);
    // Go has no end to miss: a package without one is red.
    if (!text.includes('"Action"')) expect(problems).toHaveLength(1);
  });

  test('an encoding that nobody knows is one clear error; bytes that are none are shown as such', async () => {
    await expect(
      read(`<?xml version="1.0" encoding="x-own-code"?><testsuite>${CASE}</testsuite>`),
    ).rejects.toMatchObject({ code: 'unreadable-report', message: expect.stringContaining('x-own-code') });
    const torn = Buffer.concat([
      Buffer.from('<testsuite><testcase name="'),
      Buffer.from([0xff, 0xc3, 0x28]),
      Buffer.from('"><failure>x</failure></testcase></testsuite>'),
    ]);
    expect((await read(torn)).failures[0]?.name).toBe('\ufffd\ufffd(');
  });

  test('names, attributes and open tests without measure are one clear error', async () => {
    const events = Array.from(
      { length: 100_002 },
      (_, index) => `{"Action":"run","Package":"p","Test":"T${index}"}`,
    ).join('\n');
    for (const text of [
      `<testsuite><${'a'.repeat(600_000)}/></testsuite>`,
      `<testsuite><testcase ${Array.from({ length: 120_000 }, (_, index) => `a${index}=""`).join(' ')}/></testsuite>`,
      events,
    ]) {
      await expect(read(text)).rejects.toMatchObject({
        code: 'unreadable-report',
        remedy: expect.any(String),
      });
    }
  });

  test('what a red test of Rust prints is not counted, whatever it looks like', async () => {
    const { totals, failures, problems } = await read(
      `     Running unittests src/lib.rs (target/debug/deps/app-1)

running 2 tests
test ok ... ok
test bad ... FAILED

failures:

---- bad stdout ----
   Compiling other v0.1.0
Running migrations
running 1 test
test inner ... ok

test result: ok. 1 passed; 0 failed; 0 ignored
the reason

failures:
    bad

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out

     Running tests/b.rs (target/debug/deps/b-1)

running 1 test
test last ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out
`,
      'libtest',
    );
    expect(totals).toMatchObject({ tests: 3, passed: 2, failed: 1 });
    expect(failures[0]).toMatchObject({ suite: 'src/lib.rs', name: 'bad' });
    expect(failures[0]?.failure?.details).toContain('the reason');
    expect(problems).toEqual([]);
  });

  test('a program of Rust that dies while it tells does not swallow the next', async () => {
    const { totals, others } = await read(
      `     Running unittests src/lib.rs (target/debug/deps/app-1)

running 1 test
test bad ... FAILED

failures:

---- bad stdout ----
half of
     Running tests/b.rs (target/debug/deps/b-1)

running 1 test
test last ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out
`,
      'libtest',
    );
    expect(totals).toMatchObject({ tests: 2, passed: 1, failed: 1 });
    expect(others[0]).toMatchObject({ suite: 'tests/b.rs', name: 'last' });
  });

  test('a failure in more pieces than it is worth keeps its head and its end', async () => {
    const pieces = Array.from({ length: 3_000 }, (_, index) => `<![CDATA[${index} ${'x'.repeat(1_000)}]]>`);
    const { failures } = await read(
      `<testsuite><testcase name="a"><failure>first ${pieces.join('')} last</failure></testcase></testsuite>`,
    );
    const { details = '' } = failures[0]?.failure ?? {};
    expect(details.length).toBeLessThan(17_000);
    expect(details).toMatch(/^first 0 x+[\s\S]* characters left out [\s\S]*x last$/);
  });

  test('a test that prints without end does not grow in memory', { timeout: 60_000 }, async () => {
    const path = file('');
    const out = createWriteStream(path);
    // CDATA, an attribute and plain text: saxes gathers each.
    out.write(`<testsuite><testcase name="loud"><system-out><![CDATA[`);
    const line = `${'x'.repeat(1023)}\n`.repeat(1024);
    for (let megabyte = 0; megabyte < 128; megabyte++) {
      if (megabyte === 40) out.write(']]>');
      if (megabyte === 80) out.write('</system-out><system-err message="');
      if (!out.write(line)) await once(out, 'drain');
    }
    out.end(`"/></testcase>${CASE}</testsuite>`);
    await finished(out);
    const before = process.memoryUsage().rss;
    const collector = new Collector();
    await readReport(path, 'loud.xml', collector);
    expect(collector.results().totals).toMatchObject({ tests: 2, failed: 1 });
    expect(process.memoryUsage().rss - before).toBeLessThan(80 * 1024 * 1024);
  });

  test('no bytes whatever make a reader crash: a result, or an error that says what to do', {
    timeout: 60_000,
  }, async () => {
    const seeds = [
      `<testsuites><testsuite name="s" file="f">${CASE}<testcase name="b"/></testsuite></testsuites>`,
      '{"Action":"run","Package":"p","Test":"T"}\n{"Action":"fail","Package":"p","Test":"T"}\n',
      'TAP version 13\n# Subtest: a\n    ok 1 - b\n    1..1\nok 1 - a\n1..1\n',
      '{"results":{"tests":[{"name":"a","status":"failed","duration":1}]}}',
      '{"testResults":[{"name":"f","assertionResults":[{"title":"a","status":"passed","ancestorTitles":[]}]}]}',
      '<TestRun><Results><UnitTestResult testId="1" testName="a" outcome="Failed"><Output/></UnitTestResult></Results></TestRun>',
    ];
    const mutation = fc.record({
      seed: fc.constantFrom(...seeds),
      cuts: fc.array(
        fc.tuple(
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.nat(6),
          fc.string({ maxLength: 6, unit: 'binary' }),
        ),
        {
          maxLength: 6,
        },
      ),
    });
    await fc.assert(
      fc.asyncProperty(mutation, async ({ seed, cuts }) => {
        let text = seed;
        for (const [where, length, put] of cuts) {
          const at = Math.floor(where * text.length);
          text = text.slice(0, at) + put + text.slice(at + length);
        }
        try {
          const { totals, failures, others } = await read(text);
          expect(totals.tests).toBe(failures.length + others.length);
        } catch (error) {
          expect(error).toMatchObject({ code: 'unreadable-report', remedy: expect.any(String) });
        }
      }),
      { numRuns: 150 },
    );
  });
});
