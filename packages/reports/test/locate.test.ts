import { describe, expect, test } from 'vitest';
import { classFile, type Ground, indexOf, locate, resolvePath } from '../src/locate.ts';

const ground: Ground = {
  root: '/repo',
  folder: 'app',
  index: indexOf([
    'app/src/add.ts',
    'app/test/a.test.ts',
    'app/tests/test_a.py',
    'app/pkg/x/x_test.go',
    'app/spec/a_spec.rb',
    'app/tests/ThingTest.php',
    'app/test/a_test.dart',
    'app/src/lib.rs',
    'core/src/test/java/com/example/ThingTest.java',
    'web/src/test/java/com/example/web/ThingTest.java',
    'Tests/A.cs',
    'one/index.ts',
    'two/index.ts',
  ]),
};

describe('where a stack trace points', () => {
  test.for([
    [
      'V8',
      'Error: no\n    at fn (/repo/app/node_modules/x/i.js:1:1)\n    at Object.<anonymous> (/repo/app/test/a.test.ts:5:9)',
      'app/test/a.test.ts',
      5,
    ],
    ['V8, a file URL', '    at file:///repo/app/test/a.test.ts:5:9', 'app/test/a.test.ts', 5],
    ['Vitest', ' ❯ test/a.test.ts:7:12', 'app/test/a.test.ts', 7],
    [
      'Python',
      'Traceback:\n  File "/usr/lib/python3/unittest/case.py", line 57, in run\n  File "/repo/app/tests/test_a.py", line 9, in test',
      'app/tests/test_a.py',
      9,
    ],
    ['pytest', 'E  assert 1 == 2\n\ntests/test_a.py:9: AssertionError', 'app/tests/test_a.py', 9],
    ['Go', '    x_test.go:12: got 1', 'app/pkg/x/x_test.go', 12],
    [
      'Java, by class',
      '\tat org.junit.Assert.fail(Assert.java:86)\n\tat com.example.web.ThingTest.works(ThingTest.java:21)',
      'web/src/test/java/com/example/web/ThingTest.java',
      21,
    ],
    [
      'Kotlin module prefix',
      '\tat app//com.example.ThingTest.works(ThingTest.java:3)',
      'core/src/test/java/com/example/ThingTest.java',
      3,
    ],
    ['.NET', '   at App.A.B() in C:\\agent\\_work\\1\\s\\Tests\\A.cs:line 12', 'Tests/A.cs', 12],
    ['Rust', "thread 'x' panicked at src/lib.rs:12:9:", 'app/src/lib.rs', 12],
    ['RSpec', '     # ./spec/a_spec.rb:5:in `block`', 'app/spec/a_spec.rb', 5],
    ['PHPUnit', '/repo/app/tests/ThingTest.php:33', 'app/tests/ThingTest.php', 33],
    [
      'Playwright, whose heading is where the test begins',
      '  [chromium] › test/a.test.ts:5:1 › group › red ────\n\n    Error: no\n\n        at /repo/app/test/a.test.ts:7:9',
      'app/test/a.test.ts',
      7,
    ],
    ['Dart', 'test/a_test.dart 8:5  main.<fn>', 'app/test/a_test.dart', 8],
  ] as const)('%s', ([, text, file, line]) => {
    expect(locate(text, ground)).toMatchObject({ file, line });
  });

  test("the test's own file before the helper that it called", () => {
    const text = 'at helper (/repo/app/src/add.ts:3:1)\nat test (/repo/app/test/a.test.ts:9:1)';
    expect(locate(text, ground)?.file).toBe('app/src/add.ts');
    expect(locate(text, ground, 'app/test/a.test.ts')).toMatchObject({ file: 'app/test/a.test.ts', line: 9 });
  });

  test('the source of a class, of several modules’ that of the report’s own', () => {
    const modules: Ground = {
      root: '/repo',
      folder: 'app',
      index: indexOf([
        'app/core/src/test/java/com/example/ThingTest.java',
        'app/web/src/test/java/com/example/ThingTest.java',
        'app/web/src/test/kotlin/shop/CartTest.kt',
        'app/web/src/main/java/com/example/Thing.java',
        'app/core/src/main/java/com/example/Thing.java',
      ]),
    };
    const report = 'web/target/surefire-reports/TEST-com.example.ThingTest.xml';
    const web = 'app/web/src/test/java/com/example/ThingTest.java';
    expect(classFile('com.example.ThingTest', modules, report)).toBe(web);
    expect(classFile('com.example.ThingTest$Inner', modules, 'web/build/test-results/test/TEST-x.xml')).toBe(
      web,
    );
    expect(classFile('com.example.shop.CartTest', modules)).toBe('app/web/src/test/kotlin/shop/CartTest.kt');
    expect(classFile('com.example.ThingTest', modules)).toBeUndefined();
    expect(classFile('tests.test_a.TestThing', modules, report)).toBeUndefined();
    const stack =
      '\tat com.example.Thing.go(Thing.java:3)\n\tat com.example.ThingTest.works(ThingTest.java:21)';
    expect(locate(stack, modules, web)).toMatchObject({ file: web, line: 21 });
    expect(locate('\tat com.example.Thing.go(Thing.java:3)', modules, web)?.file).toBe(
      'app/web/src/main/java/com/example/Thing.java',
    );
  });

  test('what is not of this repository, or could be two files, is nowhere', () => {
    expect(locate('at x (/elsewhere/secret.ts:1:1)', ground)).toBeUndefined();
    expect(resolvePath('index.ts', ground)).toBeUndefined();
    expect(resolvePath('../../etc/passwd', ground)).toBeUndefined();
    expect(resolvePath('/build/one/index.ts', ground)).toBe('one/index.ts');
  });

  test('long lines of almost-paths are nowhere, and are done with', () => {
    for (const part of ['a/', 'File "', ' in ', 'at a.', 'a.b:']) {
      expect(locate(part.repeat(16_000), ground)).toBeUndefined();
    }
  });
});
