import { join } from 'node:path';
import { query } from '@fairway/exec-kit';
import { type Project, upward } from '../project.js';
import { anyOf, type Framework } from './framework.js';

const GO_TEST = /_test\.go$/;

export const go: Framework = {
  name: 'go',
  ecosystem: 'go',
  detect: (project) =>
    upward(project, 'go.mod') !== undefined && project.files.some((path) => GO_TEST.test(path)),
  // What `go list` would say, before Go is there: folders with tests, as paths of packages.
  isTestFile: (path) => GO_TEST.test(path) && !/(^|\/)(testdata|vendor|_[^/]*|\.[^/]*)\//.test(path),
  async list(project) {
    const args = ['list', '-f', '{{if or .TestGoFiles .XTestGoFiles}}{{.Dir}}{{end}}', './...'];
    const listed = await query('go', args, { cwd: project.folder });
    return [
      ...new Set(
        listed
          .split('\n')
          .filter(Boolean)
          .map((dir) => packagePath(dir, project)),
      ),
    ].toSorted();
  },
  invoke(_project, selection, out, coverage) {
    const tests = selection.tests;
    // Only a whole test can be chosen; a subtest brings its parent.
    const names = [...new Set(tests?.map(({ name }) => name.split('/')[0] ?? '') ?? [])];
    const choosable = names.length > 0 && names.every((name) => /^[\p{L}_]/u.test(name));
    const packages = tests ? [...new Set(tests.map(({ suite }) => suite))] : (selection.files ?? ['./...']);
    const profile = join(out, 'cover.out');
    const choice = choosable ? ['-count=1', `-run=${anyOf(names)}`] : [];
    return {
      tool: 'go',
      plain: ['go', 'test', ...choice, ...packages],
      args: [
        'test',
        '-json',
        ...choice,
        ...(coverage.wanted && !selection.again
          ? ['-covermode=atomic', '-coverpkg=./...', `-coverprofile=${profile}`]
          : []),
        ...packages,
      ],
      reports: [],
      coverage: [profile],
      capture: { path: join(out, 'go-test.json'), format: 'go-json', show: goOutput },
    };
  },
};

function packagePath(dir: string, project: Project): string {
  const below = dir.startsWith(`${project.folder}/`) ? dir.slice(project.folder.length + 1) : '';
  return below === '' ? '.' : `./${below}`;
}

/** What `go test` would have printed for an event. */
function goOutput(line: string): string {
  if (!line.startsWith('{')) return `${line}\n`;
  try {
    const event: unknown = JSON.parse(line);
    const output = typeof event === 'object' && event !== null && 'Output' in event ? event.Output : '';
    return typeof output === 'string' ? output : '';
  } catch {
    return `${line}\n`;
  }
}

/** Package folders of Go test files, as `go test` takes them. */
export function goPackages(files: readonly string[]): string[] {
  return [
    ...new Set(files.map((file) => (file.includes('/') ? `./${file.slice(0, file.lastIndexOf('/'))}` : '.'))),
  ].toSorted();
}

export const nextest: Framework = {
  name: 'nextest',
  ecosystem: 'rust',
  redExitCodes: [100],
  detect: (project) => project.has('Cargo.toml') && project.has('.config/nextest.toml'),
  invoke(_project, selection, out) {
    const file = join(out, 'nextest.toml');
    const names = selection.tests?.map(({ name }) => `test(=${name.replace(/[()\\,]/g, '\\$&')})`);
    return {
      tool: 'cargo',
      args: [
        'nextest',
        'run',
        '--no-fail-fast',
        '--tool-config-file',
        `fairway:${file}`,
        ...(names ? ['-E', names.join(' + ')] : []),
      ],
      files: new Map([[file, `[profile.default.junit]\npath = ${JSON.stringify(join(out, 'junit.xml'))}\n`]]),
      reports: [join(out, 'junit.xml')],
      coverage: [],
    };
  },
};

export const cargo: Framework = {
  name: 'cargo',
  ecosystem: 'rust',
  redExitCodes: [101],
  detect: (project) => project.has('Cargo.toml'),
  invoke(_project, selection, out) {
    const names = [...new Set(selection.tests?.map(({ name }) => name) ?? [])];
    return {
      tool: 'cargo',
      args: ['test', '--no-fail-fast', ...(names.length > 0 ? ['--', '--exact', ...names] : [])],
      reports: [],
      coverage: [],
      capture: { path: join(out, 'cargo-test.txt'), format: 'libtest' },
    };
  },
};

const SUREFIRE = ['**/target/surefire-reports/TEST-*.xml', '**/target/failsafe-reports/TEST-*.xml'];

export const maven: Framework = {
  name: 'maven',
  ecosystem: 'java',
  detect: (project) => project.has('pom.xml'),
  invoke(project, selection) {
    const classes = [
      ...new Set(selection.tests?.map(({ suite, name }) => `${suite}#${name.replace(/[([{].*$/, '')}`) ?? []),
    ];
    return {
      tool: project.has('mvnw') ? join(project.folder, 'mvnw') : 'mvn',
      args: [
        '--batch-mode',
        '--no-transfer-progress',
        // All modules are tested, whichever is red.
        '--fail-at-end',
        ...(classes.length > 0
          ? [`-Dtest=${classes.join(',')}`, '-Dsurefire.failIfNoSpecifiedTests=false']
          : []),
        'test',
      ],
      reports: SUREFIRE,
      coverage: ['**/target/site/jacoco/jacoco.xml'],
    };
  },
};

export const gradle: Framework = {
  name: 'gradle',
  ecosystem: 'java',
  detect: (project) => project.has('build.gradle') || project.has('build.gradle.kts'),
  invoke(project, selection) {
    const tests = [
      ...new Set(selection.tests?.map(({ suite, name }) => `${suite}.${name.replace(/[([{].*$/, '')}`) ?? []),
    ];
    return {
      tool: project.has('gradlew') ? join(project.folder, 'gradlew') : 'gradle',
      args: ['test', '--continue', '--console=plain', ...tests.flatMap((test) => ['--tests', test])],
      reports: ['**/build/test-results/**/TEST-*.xml'],
      coverage: ['**/build/reports/jacoco/**/*.xml'],
    };
  },
};

export const dotnet: Framework = {
  name: 'dotnet',
  ecosystem: 'dotnet',
  detect: (project) => project.files.some((path) => /\.(slnx?|csproj|fsproj|vbproj)$/.test(path)),
  invoke(_project, selection, out, coverage) {
    const names = selection.tests?.map(
      ({ suite, name }) => `FullyQualifiedName=${`${suite}.${name}`.replace(/[\\()&|=!~]/g, '\\$&')}`,
    );
    return {
      tool: 'dotnet',
      args: [
        'test',
        '--logger',
        'trx',
        '--results-directory',
        out,
        ...(coverage.wanted ? ['--collect', 'XPlat Code Coverage'] : []),
        ...(names ? ['--filter', [...new Set(names)].join('|')] : []),
      ],
      reports: [`${out}/**/*.trx`],
      coverage: [`${out}/**/coverage.cobertura.xml`],
    };
  },
};

export const phpunit: Framework = {
  name: 'phpunit',
  ecosystem: 'php',
  redExitCodes: [1, 2],
  detect: (project) =>
    project.has('vendor/bin/phpunit') || project.has('phpunit.xml') || project.has('phpunit.xml.dist'),
  invoke(project, selection, out) {
    const names = [...new Set(selection.tests?.map(({ name }) => name.split(' ')[0] ?? '') ?? [])];
    return {
      tool: join(project.folder, 'vendor/bin/phpunit'),
      args: [
        '--log-junit',
        join(out, 'junit.xml'),
        ...(names.length > 0 ? [`--filter=/::(${names.join('|')})\\b/`] : []),
      ],
      reports: [join(out, 'junit.xml')],
      coverage: [],
    };
  },
};
