import { query, run } from '@fairway/exec-kit';
import type { TestCase } from '@fairway/reports';
import { describe, expect, test } from 'vitest';
import { isExplained } from '../src/attempt.ts';
import { retrySelection } from '../src/attempts.ts';
import { chooseFramework, type Framework, type Selection, testUnits } from '../src/frameworks/index.ts';
import { nodeId, pytest } from '../src/frameworks/python.ts';
import type { Inputs } from '../src/inputs.ts';
import { planInstall, testEnvironment } from '../src/install.ts';
import { openProject } from '../src/project.ts';
import { repository } from './workbench.ts';

const AUTO = { framework: 'auto', command: [], reports: [] } as unknown as Inputs;

function project(files: Readonly<Record<string, string>>) {
  const folder = repository(files);
  return openProject(folder, folder, Object.keys(files));
}

const npm = (dependencies: Record<string, string>, script = '') => ({
  'package.json': JSON.stringify({ scripts: { test: script }, devDependencies: dependencies }),
});

describe('the framework of a project', () => {
  test.for([
    ['vitest', npm({ vitest: '5' })],
    ['jest', npm({ jest: '30' })],
    ['jest', npm({ vitest: '5', jest: '30' }, 'jest --coverage')],
    ['mocha', npm({ mocha: '11' })],
    ['playwright', npm({ '@playwright/test': '1' })],
    ['vitest', npm({ '@playwright/test': '1', vitest: '5' })],
    ['node-test', npm({}, 'node --test')],
    ['pytest', { 'pyproject.toml': '[tool.pytest.ini_options]\n' }],
    ['pytest', { 'tests/test_a.py': 'def test_a(): pass\n' }],
    ['unittest', { 'test_a.py': 'import unittest\n' }],
    ['go', { 'go.mod': 'module x\n', 'a_test.go': '' }],
    ['cargo', { 'Cargo.toml': '' }],
    ['nextest', { 'Cargo.toml': '', '.config/nextest.toml': '' }],
    ['maven', { 'pom.xml': '' }],
    ['gradle', { 'build.gradle.kts': '' }],
    ['dotnet', { 'src/App.Tests/App.Tests.csproj': '' }],
    ['phpunit', { 'phpunit.xml': '' }],
    ['rspec', { Gemfile: "gem 'rspec'\n" }],
    ['rspec', { '.rspec': '' }],
  ] as const)('%s', ([name, files]) => {
    expect(chooseFramework(AUTO, project(files)).name).toBe(name);
  });

  test('none is an error that says what to write', () => {
    expect(() => chooseFramework(AUTO, project({ 'README.md': '' }))).toThrow(
      expect.objectContaining({ code: 'no-framework', remedy: expect.stringContaining('reports:') }),
    );
  });
});

describe('what is run', () => {
  const coverage = { wanted: false, partial: false };
  const argv = (framework: Framework, files: Readonly<Record<string, string>>, selection = {}) => {
    const { tool, args } = framework.invoke(project(files), selection, '/out', coverage);
    return [tool, ...args].join(' ');
  };

  test('Vitest: chosen files, coverage only where the project has it', () => {
    const vitest = chooseFramework(AUTO, project(npm({ vitest: '5' })));
    expect(argv(vitest, npm({ vitest: '5' }), { files: ['a.test.ts'] })).toBe(
      'vitest run --passWithNoTests --reporter=default --reporter=junit --outputFile.junit=/out/junit.xml a.test.ts',
    );
    const files = {
      ...npm({ vitest: '5' }),
      'vitest.config.ts': 'export default { test: { coverage: {} } }',
    };
    expect(argv(vitest, files)).toContain('--coverage.enabled=true');
    expect(argv(vitest, files, { again: true })).toContain('--coverage.enabled=false');
  });

  test('Go: packages for files, and red tests by name', () => {
    const files = {
      'go.mod': 'module x\n',
      'a_test.go': '',
      'pkg/b/b_test.go': '',
      'pkg/b/testdata/c_test.go': '',
    };
    const go = chooseFramework(AUTO, project(files));
    expect(testUnits(go, project(files))).toEqual(['.', './pkg/b']);
    const red = [
      { suite: 'x/pkg/b', name: 'TestA/sub (1)' },
      { suite: 'x/pkg/b', name: 'TestB' },
    ];
    expect(argv(go, files, { tests: red })).toBe('go test -json -count=1 -run=^(TestA|TestB)$ x/pkg/b');
  });

  test('Playwright: red tests by their titles, in their files, which it takes for patterns', () => {
    const files = npm({ '@playwright/test': '1' });
    const red = [{ suite: 'a (1).spec.ts', name: 'group › comes and goes?', file: 'e2e/a (1).spec.ts' }];
    expect(argv(chooseFramework(AUTO, project(files)), files, { tests: red })).toBe(
      'playwright test --reporter=list,junit --grep= (group comes and goes\\?)( @|$) e2e/a \\(1\\)\\.spec\\.ts',
    );
  });

  test('dotnet: red tests by their full names, rows of data with and without their arguments', () => {
    const files = { 'Tests/Tests.csproj': '' };
    const tests = [
      { suite: 'Shop.CartTests', name: 'Adds' },
      { suite: 'Shop.CartTests', name: 'Totals(a: 1)' },
    ];
    expect(argv(chooseFramework(AUTO, project(files)), files, { tests })).toContain(
      '--filter FullyQualifiedName=Shop.CartTests.Adds|FullyQualifiedName=Shop.CartTests.Totals\\(a: 1\\)|FullyQualifiedName=Shop.CartTests.Totals',
    );
  });

  test('RSpec: with the project’s own gems, red tests by their lines', () => {
    const files = { Gemfile: "gem 'rspec'\n", '.rspec': '--format documentation\n' };
    const red = [{ suite: 'a', name: 'b', file: 'spec/a_spec.rb', line: 7 }];
    expect(argv(chooseFramework(AUTO, project(files)), files, { tests: red })).toBe(
      'bundle exec rspec --format documentation --format json --out /out/rspec.json spec/a_spec.rb:7',
    );
    const shared = { suite: 'a', name: 'c', file: 'spec/a_spec.rb' };
    const other = { suite: 'b', name: 'd', file: 'spec/b_spec.rb', line: 2 };
    // Beside `a_spec.rb:7`, RSpec would run nothing else for `a_spec.rb`.
    expect(argv(chooseFramework(AUTO, project(files)), files, { tests: [...red, shared, other] })).toMatch(
      /rspec\.json spec\/a_spec\.rb spec\/b_spec\.rb:2$/,
    );
  });

  test.for([{ files: ['spec/a_spec.rb', ''] }, { tests: [{ suite: '', name: 'x' }] }])(
    'RSpec: everything, and no empty argument, for what has no file: %j',
    (selection) => {
      const files = { '.rspec': '' };
      const rspec = chooseFramework(AUTO, project(files));
      const { plain, args } = rspec.invoke(project(files), selection as Selection, '/out', coverage);
      expect(plain).toEqual(['rspec']);
      expect(args.at(-1)).toBe('/out/rspec.json');
    },
  );

  test('what is run again: red tests, else the files of what broke, else all that was chosen', () => {
    const here = project({ '.rspec': '' });
    const red = (name: string, file?: string): TestCase => ({
      suite: file ?? '',
      name,
      status: 'errored',
      durationMs: 0,
      ...(file !== undefined && { file }),
    });
    const a = red('a', 'spec/a_spec.rb');
    const b = red('(the file itself)', 'spec/b_spec.rb');
    const chosen = { files: ['spec/a_spec.rb', 'spec/b_spec.rb'] };
    expect(retrySelection([a], here, chosen)).toEqual({ tests: [a], again: true });
    expect(retrySelection([b], here, chosen)).toEqual({ files: ['spec/b_spec.rb'], again: true });
    expect(retrySelection([red('(the suite itself)'), b], here, chosen)).toEqual({ ...chosen, again: true });
    expect(retrySelection([red('(the suite itself)')], here, {})).toEqual({ again: true });
  });

  test('Maven and Gradle: red tests by class and method, and modules that have none of them', () => {
    const tests = [{ suite: 'com.example.ThingTest', name: 'each(int)[1]' }];
    const pom = { 'pom.xml': '' };
    expect(argv(chooseFramework(AUTO, project(pom)), pom, { tests })).toContain(
      '-Dtest=com.example.ThingTest#each -Dsurefire.failIfNoSpecifiedTests=false test',
    );
    const build = { 'build.gradle': '' };
    const gradle = chooseFramework(AUTO, project(build));
    expect(argv(gradle, build, { tests })).toContain(
      '--init-script /out/fairway.gradle --tests com.example.ThingTest.each',
    );
    expect(argv(gradle, build)).not.toContain('init-script');
    const pasted = (files: Readonly<Record<string, string>>) =>
      gradle
        .invoke(project(files), { tests: tests as unknown as TestCase[] }, '/out', coverage)
        .plain?.join(' ');
    expect(pasted(build)).toBe('gradle test --continue --tests com.example.ThingTest.each');
    expect(pasted({ ...build, gradlew: '' })).toMatch(/^\.\/gradlew test --continue /);
  });

  test.for([
    [
      { suite: 'tests.test_a.TestThing', name: 'test_x[a::b]', file: 'tests/test_a.py' },
      'tests/test_a.py::TestThing::test_x[a::b]',
    ],
    [{ suite: 'tests.test_a', name: 'test_x', file: 'tests/test_a.py' }, 'tests/test_a.py::test_x'],
    [{ suite: 'app.tests.test_a.A.B', name: 't', file: 'tests/test_a.py' }, 'tests/test_a.py::A::B::t'],
    [{ suite: '', name: 'tests.test_a', file: 'tests/test_a.py' }, 'tests/test_a.py'],
  ] as const)('pytest: %j', ([entry, id]) => {
    expect(nodeId({ ...entry, status: 'failed', durationMs: 0 } as TestCase)).toBe(id);
  });

  test('pytest says by its exit code whether it was the tests', () => {
    const totals = (failed: number, tests = 3) => ({ totals: { tests, failed, errored: 0 } }) as never;
    expect(isExplained(pytest, 1, totals(1))).toBe(true);
    expect(isExplained(pytest, 1, totals(0))).toBe(false);
    expect(isExplained(pytest, 3, totals(1))).toBe(false);
    expect(isExplained(pytest, 5, totals(0, 0))).toBe(true);
    expect(isExplained(pytest, null, totals(1))).toBe(false);
  });
});

test('installs by the lock file, and not twice', () => {
  const plan = (files: Readonly<Record<string, string>>) => {
    const opened = project(files);
    return planInstall(chooseFramework(AUTO, opened), opened).map(({ argv }) => argv.join(' '));
  };
  expect(plan({ ...npm({ vitest: '5' }), 'package-lock.json': '' })).toEqual(['npm ci --no-audit --no-fund']);
  expect(plan({ ...npm({ vitest: '5' }), 'pnpm-lock.yaml': '' })).toEqual(['pnpm install --frozen-lockfile']);
  expect(plan({ ...npm({ vitest: '5' }), 'package-lock.json': '', 'node_modules/x': '' })).toEqual([]);
  expect(plan({ 'pytest.ini': 'pytest', 'requirements.txt': '' })[0]).toMatch(
    /-m pip install .* -r requirements\.txt$/,
  );
  expect(plan({ 'go.mod': 'module x', 'a_test.go': '' })).toEqual([]);
});

test('what a pull request brings sees neither inputs nor keys', async () => {
  const names = ['INPUT_TOKEN', 'STATE_X', 'ACTIONS_RUNTIME_TOKEN', 'GITHUB_OUTPUT'];
  for (const name of names) process.env[name] = 'secret';
  const print = ['-e', 'console.log(JSON.stringify(process.env))'];
  const env = testEnvironment('/app');
  const shown = [
    (await run(process.execPath, print, { show: 'never', env })).stdout,
    await query(process.execPath, print), // as tests are listed
  ];
  for (const name of names) delete process.env[name];
  for (const text of shown) expect(text).not.toContain('secret');
  expect(JSON.parse(shown[0] ?? '').PATH).toMatch(/^\/app\/node_modules\/\.bin:/);
});
