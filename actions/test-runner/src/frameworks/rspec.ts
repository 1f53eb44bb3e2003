import { join } from 'node:path';
import type { TestCase } from '@fairway/reports';
import type { Framework, Selection } from './framework.js';

export const rspec: Framework = {
  name: 'rspec',
  ecosystem: 'ruby',
  detect: (project) =>
    project.has('.rspec') ||
    project.has('spec/spec_helper.rb') ||
    /\brspec\b/.test(project.read('Gemfile') + project.read('Gemfile.lock')),
  isTestFile: (path) => path.endsWith('_spec.rb'),
  invoke(project, selection, out) {
    const chosen = pathsOf(selection);
    const start = project.has('Gemfile') ? ['bundle', 'exec', 'rspec'] : ['rspec'];
    const [tool = '', ...args] = start;
    return {
      tool,
      plain: [...start, ...chosen],
      args: [
        ...args,
        // A formatter that is named takes the place of those in .rspec.
        '--format',
        /(?:--format|-f)[= ]?(d|documentation)\b/.test(project.read('.rspec')) ? 'documentation' : 'progress',
        '--format',
        'json',
        '--out',
        join(out, 'rspec.json'),
        ...chosen,
      ],
      reports: [join(out, 'rspec.json')],
      coverage: ['coverage/lcov.info', 'coverage/coverage.xml', 'coverage/lcov/*.lcov'],
    };
  },
};

/** What RSpec is to run; nothing stands for everything, as for a test of no known file. Pure. */
function pathsOf({ tests, files = [] }: Selection): readonly string[] {
  const chosen = tests ? linesOf(tests) : files;
  return chosen.includes('') ? [] : chosen;
}

/** A line stands for an example; a file for all of its own, and so without lines, which would leave out the rest. */
function linesOf(tests: readonly TestCase[]): readonly string[] {
  const whole = new Set(tests.filter(({ line }) => !line).map(({ file = '' }) => file));
  return [...new Set(tests.map(({ file = '', line }) => (whole.has(file) ? file : `${file}:${line}`)))];
}
