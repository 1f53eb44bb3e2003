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
