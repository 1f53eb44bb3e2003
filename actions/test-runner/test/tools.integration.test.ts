import { execFileSync } from 'node:child_process';
import { type BundleResult, runBundle } from '@fairway/testing';
import { describe, expect, test } from 'vitest';
import { ACTION, repository } from './workbench.ts';

/** Each project has one green, one red, one flaky and one skipped test, and nothing else. */
const PROJECTS = {
  pytest: {
    probe: ['python3', '-m', 'pytest', '--version'],
    files: {
      'pytest.ini': '[pytest]\n',
      'tests/test_a.py': `import os, pytest
class TestThing:
    def test_green(self): pass
    @pytest.mark.parametrize("x", ["a b::c"])
    def test_flaky(self, x):
        if not os.path.exists(".state"):
            open(".state", "w").close()
            assert x == "z"
def test_red():
    assert {"a": 1} == {"a": 2}
@pytest.mark.skip(reason="later")
def test_late(): pass
`,
    },
    red: { file: 'tests/test_a.py', line: 10 },
  },
  unittest: {
    probe: ['python3', '--version'],
    files: {
      'test_a.py': `import os, unittest
class T(unittest.TestCase):
    def test_green(self): pass
    def test_flaky(self):
        if not os.path.exists(".state"):
            open(".state", "w").close()
            self.fail("first")
    def test_red(self): self.assertEqual(1, 2)
    @unittest.skip("later")
    def test_late(self): pass
`,
    },
    red: { file: 'test_a.py', line: 8 },
  },
  'node-test': {
    probe: ['node', '--version'],
    files: {
      'package.json': '{"type":"module","scripts":{"test":"node --test"}}',
      'test/a.test.js': `import assert from 'node:assert';
import { existsSync, writeFileSync } from 'node:fs';
import { describe, it, test } from 'node:test';
describe('group', () => {
  it('green', () => {});
  it('flaky', () => { if (!existsSync('.state')) { writeFileSync('.state', ''); assert.fail('first'); } });
});
test('red', () => { assert.deepEqual({ a: 1 }, { a: 2 }); });
test.skip('late', () => {});
`,
    },
    red: { file: 'test/a.test.js', line: 8 },
  },
  cargo: {
    probe: ['cargo', '--version'],
    files: {
      '.gitignore': 'target\n.state\n',
      'Cargo.toml': '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n',
      'src/lib.rs': `#[cfg(test)]
mod tests {
    #[test]
    fn green() {}
    #[test]
    fn red() { assert_eq!(1 + 1, 3); }
    #[test]
    #[ignore]
    fn late() {}
    #[test]
    fn flaky() { if !std::path::Path::new(".state").exists() { std::fs::write(".state", "").unwrap(); panic!("first"); } }
}
`,
    },
    red: { file: 'src/lib.rs', line: 6 },
  },
  go: {
    probe: ['go', 'version'],
    files: {
      'go.mod': 'module example.com/app\n\ngo 1.21\n',
      'pkg/x/x_test.go': `package x

import (
	"os"
	"testing"
)

func TestGreen(t *testing.T) {}

func TestFlaky(t *testing.T) {
	if _, err := os.Stat("../../.state"); err != nil {
		os.WriteFile("../../.state", nil, 0o644)
		t.Fatal("first")
	}
}

func TestRed(t *testing.T) { t.Errorf("got %d, want 3", 2) }

func TestLate(t *testing.T) { t.Skip("later") }
`,
    },
    red: { file: 'pkg/x/x_test.go', line: 17 },
  },
  vitest: {
    probe: ['node', '--version'],
    files: {
      'package.json':
        '{"type":"module","scripts":{"test":"vitest run"},"devDependencies":{"vitest":"5.1.1"}}',
      'a.test.js': `import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
describe('group', () => {
  test('green', () => {});
  test('flaky', () => { if (!existsSync('.state')) { writeFileSync('.state', ''); expect(1).toBe(2); } });
});
test('red', () => expect(1).toBe(2));
test.skip('late', () => {});
`,
    },
    red: { file: 'a.test.js', line: 7 },
  },
} as const;

function installed([tool = '', ...args]: readonly string[]): boolean {
  try {
    execFileSync(tool, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.for(Object.entries(PROJECTS))('the real %s', ([name, { probe, files, red }]) => {
  test.skipIf(!installed(probe))('one of each', { timeout: 180_000 }, async () => {
    const workspace = repository(files, { modules: name === 'vitest' });
    const run = await start(workspace, { retries: 1, install: 'none' });
    expect(run.outputs, run.log).toMatchObject({
      framework: name,
      result: 'failed',
      tests: '4',
      passed: '2',
      failed: '1',
      errored: '0',
      skipped: '1',
      flaky: '1',
    });
    expect(JSON.parse(run.outputs['failed-tests'] ?? '')).toMatchObject([red]);
    expect(run.exitCode).toBe(1);
    expect(run.problems).toEqual([]);
  });
});

test('Vitest runs a chosen file, and not those whose paths hold its path', { timeout: 60_000 }, async () => {
  const body = "import { test } from 'vitest';\ntest('one', () => {});\n";
  const files = {
    'package.json': '{"type":"module","scripts":{"test":"vitest run"},"devDependencies":{"vitest":"5.1.1"}}',
    'test/a.test.js': body,
    'x/test/a.test.js': body,
    'x (y)/test/a.test.js': body,
  };
  const workspace = repository(files, { modules: true });
  const shards = await Promise.all(['1/3', '2/3', '3/3'].map((shard) => start(workspace, { shard })));
  expect(shards.map(({ outputs }) => outputs.tests)).toEqual(['1', '1', '1']);
});

test('Vitest writes its report where the project’s own settings say', { timeout: 60_000 }, async () => {
  const workspace = repository(
    {
      'package.json':
        '{"type":"module","scripts":{"test":"vitest run"},"devDependencies":{"vitest":"5.1.1"}}',
      'vitest.config.js':
        "export default { test: { reporters: ['default', ['junit', { outputFile: 'reports (1)/junit.xml' }]] } };\n",
      'a.test.js': "import { test } from 'vitest';\ntest('one', () => {});\n",
    },
    { modules: true },
  );
  const run = await start(workspace, { install: 'none' });
  expect(run.outputs, run.log).toMatchObject({ result: 'passed', tests: '1' });
});

describe('a program that misbehaves', () => {
  const report = '<testsuite><testcase classname="c" name="done"/></testsuite>';

  test('green tests and exit code 3 are not green', { timeout: 60_000 }, async () => {
    const workspace = repository({ 'run.sh': `echo '${report}' > out.xml\nexit 3\n` });
    const run = await start(workspace, { command: 'sh run.sh', reports: '*.xml' });
    expect(run.outputs).toMatchObject({ result: 'error', tests: '1', passed: '1' });
    expect(run.log).toContain('(exit code 3) for another reason than a red test');
  });

  test('one that hangs is stopped, and what it had is told', { timeout: 60_000 }, async () => {
    const workspace = repository({ 'run.sh': `echo '${report}' > out.xml\nsleep 600\n` });
    const run = await start(workspace, { command: 'sh run.sh', reports: '*.xml', timeout: '2s' });
    expect(run.outputs).toMatchObject({ result: 'error', tests: '1' });
    expect(run.log).toContain('did not end within their time');
  });

  test('a report from before is not this run’s, and no report is not green', {
    timeout: 60_000,
  }, async () => {
    const workspace = repository({ 'old.xml': report, 'run.sh': 'exit 0\n' });
    const run = await start(workspace, { command: 'sh run.sh', reports: '*.xml' });
    expect(run.outputs).toMatchObject({ result: 'empty', tests: '0' });
    expect(run.exitCode).toBe(1);
  });

  test('a name cannot become a command of the runner', { timeout: 60_000 }, async () => {
    const evil =
      '<testsuite><testcase classname="c" name="a&#10;::set-output name=result::passed"><failure message="&#10;::set-env name=X::y&#10;##[error]z">d</failure></testcase></testsuite>';
    const workspace = repository({ 'evil.txt': evil, 'run.sh': 'cp evil.txt out.xml\nexit 1\n' });
    const run = await start(workspace, { command: 'sh run.sh', reports: '*.xml' });
    expect(run.outputs.result).toBe('failed');
    expect(run.env).toEqual({});
    expect(run.problems).toEqual([]);
    expect(run.commands.filter(({ name }) => /^set-/.test(name))).toEqual([]);
  });

  test('a quarantined test is excused until its day', { timeout: 60_000 }, async () => {
    const red =
      '<testsuite><testcase classname="c" name="known"><failure message="m">d</failure></testcase><testcase name="ok"/></testsuite>';
    const entry = (expires: string) =>
      `- test: 'c › known'\n  owner: '@team'\n  reason: see 1\n  expires: ${expires}\n`;
    const files = { 'red.txt': red, 'run.sh': 'cp red.txt out.xml\nexit 1\n' };
    const inputs = { command: 'sh run.sh', reports: '*.xml' };
    const excused = await start(
      repository({ ...files, '.github/quarantine.yml': entry('2999-01-01') }),
      inputs,
    );
    expect(excused.outputs).toMatchObject({ result: 'passed', quarantined: '1', failed: '1' });
    const over = await start(repository({ ...files, '.github/quarantine.yml': entry('2020-01-01') }), inputs);
    expect(over.outputs).toMatchObject({ result: 'failed', quarantined: '0' });
    expect(over.log).toContain('ended on 2020-01-01');
    const bad = await start(repository({ ...files, '.github/quarantine.yml': "- test: 'x'\n" }), inputs);
    expect(bad.outputs.result).toBe('error');
    expect(bad.log).toContain("entry 1 has no 'expires'");
  });
});

function start(workspace: string, inputs: Record<string, string | number>): Promise<BundleResult> {
  return runBundle({
    action: ACTION,
    workspace,
    inputs: { ...inputs, token: '' },
    env: {},
    timeoutMs: 170_000,
  });
}
