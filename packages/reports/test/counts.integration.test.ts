import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { read } from './read.ts';
import type { Counts } from './second-reader/counts.ts';
import { countGo, countTap } from './second-reader/lines.ts';
import { countJunit, declaredInJunit } from './second-reader/xml.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

interface Tool {
  readonly probe: readonly [string, ...string[]];
  readonly files: Readonly<Record<string, string>>;
  readonly run: readonly [string, ...string[]];
  /** The file it writes; standard output where there is none. */
  readonly report?: string;
  readonly count: (report: string) => Counts;
  readonly expected: Counts;
}

const NODE_SUITE = `import assert from 'node:assert';
import { describe, it, test } from 'node:test';
describe('outer', () => { describe('inner', () => { it('a', () => {}); it('b', () => assert.fail('no')); }); it.skip('c', () => {}); });
test('outer', () => {});
test('<&"> ]]> \\u001b[31m', () => { throw new Error('</failure>]]>'); });
test.todo('some day');
`;

const TOOLS: Readonly<Record<string, Tool>> = {
  'pytest, JUnit': {
    probe: ['python3', '-m', 'pytest', '--version'],
    files: {
      'test_a.py': `import pytest
@pytest.fixture
def broken(): raise RuntimeError("</testcase>")
@pytest.fixture
def leaky():
    yield
    raise RuntimeError("late")
@pytest.mark.parametrize("x", [1, 2, "<&]]>"])
def test_each(x): assert x != 2
def test_set_up(broken): pass
@pytest.mark.skip(reason="later")
def test_late(): pass
@pytest.mark.xfail
def test_known(): assert False
class TestThing:
    def test_in_class(self): assert [1] == [2]
`,
    },
    run: ['python3', '-m', 'pytest', '-q', '-p', 'no:cacheprovider', '--junitxml=out.xml'],
    report: 'out.xml',
    count: countJunit,
    expected: { tests: 7, failed: 2, errored: 1, skipped: 2 },
  },
  'Vitest, JUnit': {
    probe: ['vitest', '--version'],
    files: {
      'package.json': '{"type":"module"}',
      'a.test.js': `import { describe, expect, test } from 'vitest';
describe('one', () => { describe('two', () => { test.each([1, 2, 3])('%d', (x) => expect(x).not.toBe(2)); }); });
test.skip('later', () => {});
test.todo('some day');
test('<&"> ]]>', () => { throw new Error('</failure>'); });
`,
      'b.test.js': `import { test } from 'vitest';\ntest('green', () => {});\n`,
    },
    run: ['vitest', 'run', '--reporter=junit', '--outputFile=out.xml'],
    report: 'out.xml',
    count: countJunit,
    expected: { tests: 7, failed: 2, errored: 0, skipped: 2 },
  },
  'node:test, JUnit': {
    probe: ['node', '--version'],
    files: { 'package.json': '{"type":"module"}', 'a.test.js': NODE_SUITE },
    run: ['node', '--test', '--test-reporter=junit'],
    count: countJunit,
    expected: { tests: 6, failed: 2, errored: 0, skipped: 2 },
  },
  'node:test, TAP': {
    probe: ['node', '--version'],
    files: {
      'package.json': '{"type":"module"}',
      'a.test.js': NODE_SUITE.replace("'outer', () => {}", "'alone', () => {}"),
    },
    run: ['node', '--test', '--test-reporter=tap'],
    count: countTap,
    expected: { tests: 6, failed: 2, errored: 0, skipped: 1 },
  },
  'go test -json': {
    probe: ['go', 'version'],
    files: {
      'go.mod': 'module x\n\ngo 1.21\n',
      'a_test.go': `package x
import "testing"
func TestGreen(t *testing.T) {}
func TestTable(t *testing.T) {
	for _, name := range []string{"a", "b", "c d"} {
		t.Run(name, func(t *testing.T) { if name == "b" { t.Fatal("--- PASS: no such test") } })
	}
}
func TestLate(t *testing.T) { t.Skip("later") }
`,
    },
    run: ['go', 'test', '-json', './...'],
    count: countGo,
    expected: { tests: 6, failed: 2, errored: 0, skipped: 1 },
  },
};

/** Only the wanted figures of ours. */
function of({ tests, failed, errored, skipped }: Counts): Counts {
  return { tests, failed, errored, skipped };
}

for (const [name, tool] of Object.entries(TOOLS)) {
  const [probe, ...probeArguments] = tool.probe;
  test.skipIf(spawnSync(probe, probeArguments).status !== 0)(
    `${name}: two readers of what the real tool writes count alike`,
    { timeout: 120_000 },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'fairway-counts-'));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      for (const [path, text] of Object.entries(tool.files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
      const report = written(tool, folder);
      const second = tool.count(report);
      expect(second).toEqual(tool.expected);
      expect(of((await read(report)).totals)).toEqual(second);
      const declared = tool.count === countJunit ? declaredInJunit(report) : undefined;
      if (declared !== undefined && name !== 'node:test, JUnit') expect(declared).toEqual(second);
    },
  );
}

/** The tool is red, as it should be: its exit code says nothing here. */
function written({ run: [program, ...parameters], report }: Tool, folder: string): string {
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, VITEST: undefined, FORCE_COLOR: '0' };
  const ended = spawnSync(program, parameters, { cwd: folder, env, encoding: 'utf8' });
  return report === undefined ? ended.stdout : readFileSync(join(folder, report), 'utf8');
}
