import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BundleResult, runBundle } from '@fairway/testing';
import { describe, expect, test } from 'vitest';
import { JVM_PROJECTS } from './projects/jvm.ts';
import { NODE_PROJECTS } from './projects/node.ts';
import { OTHER_PROJECTS } from './projects/others.ts';
import type { RealProject } from './projects/project.ts';
import { ACTION, repository } from './workbench.ts';

function installed([tool = '', ...args]: readonly string[]): boolean {
  try {
    execFileSync(tool, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Why a project's tool cannot be driven here; undefined where it can. */
function obstacle({ probe, downloads }: RealProject): string | undefined {
  if (!installed(probe)) return `'${probe.join(' ')}' does not answer`;
  return downloads && process.env.CI ? 'it downloads, which CI is spared' : undefined;
}

const PROJECTS = Object.entries({ ...NODE_PROJECTS, ...OTHER_PROJECTS, ...JVM_PROJECTS });

describe.for(PROJECTS)('the real %s', ([, project]) => {
  test('one of each', { timeout: 300_000 }, async ({ skip }) => {
    const why = obstacle(project);
    if (why !== undefined) skip(why);
    const workspace = repository(project.files, { modules: project.modules === true });
    const run = await start(workspace, { retries: 1, install: project.downloads ? 'auto' : 'none' });
    expect(run.outputs, run.log).toMatchObject({
      framework: project.framework,
      result: 'failed',
      tests: project.silent ? '3' : '4',
      passed: '2',
      failed: '1',
      errored: '0',
      skipped: project.silent ? '0' : '1',
      flaky: '1',
    });
    expect(JSON.parse(run.outputs['failed-tests'] ?? '')).toMatchObject([project.red]);
    expect(run.exitCode).toBe(1);
    expect(run.problems).toEqual([]);
    const green = join(workspace, '.green');
    if (existsSync(green)) expect(readFileSync(green, 'utf8'), 'runs of the green test').toBe('1');
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

test('RSpec runs a shared example again in the spec that shares it, and a hook around the suite with everything', {
  timeout: 60_000,
}, async ({ skip }) => {
  if (!installed(['rspec', '--version'])) skip("'rspec --version' does not answer");
  const once = (file: string) =>
    `unless File.exist?('${file}') then File.write('${file}', ''); raise 'once' end`;
  const files = {
    '.rspec': '--require spec_helper\n',
    'spec/spec_helper.rb': '',
    'spec/support/shared.rb': `RSpec.shared_examples 'shared' do
  it('comes and goes') { ${once('.state')} }
  it('is red') do
    expect(1).to eq(2)
  end
end
`,
    'spec/a_spec.rb': `require_relative 'support/shared'
RSpec.describe('group') do
  it_behaves_like 'shared'
  it('is red too') { expect(1).to eq(3) }
end
`,
  };
  const shared = await start(repository(files), { retries: 1 });
  expect(shared.outputs, shared.log).toMatchObject({ tests: '3', failed: '2', flaky: '1' });
  const places = JSON.parse(shared.outputs['failed-tests'] ?? '') as unknown[];
  expect(places).toContainEqual(expect.objectContaining({ file: 'spec/support/shared.rb', line: 4 }));
  const hook = {
    'spec/spec_helper.rb': `RSpec.configure { |c| c.before(:suite) { ${once('.hook')} } }\n`,
    'spec/a_spec.rb': "RSpec.describe('group') { it('is green') { } }\n",
  };
  const broken = await start(repository({ ...files, ...hook }), { retries: 1 });
  expect(broken.outputs, broken.log).toMatchObject({ result: 'passed', tests: '2', flaky: '1' });
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
    // Behind a proxy that signs for itself, npm would wait for ever.
    env: { NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS ?? '' },
    timeoutMs: 290_000,
  });
}
