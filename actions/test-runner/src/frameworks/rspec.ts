import { join } from 'node:path';
import type { Framework } from './framework.js';

export const rspec: Framework = {
  name: 'rspec',
  ecosystem: 'ruby',
  detect: (project) =>
    project.has('.rspec') ||
    project.has('spec/spec_helper.rb') ||
    /\brspec\b/.test(project.read('Gemfile') + project.read('Gemfile.lock')),
  isTestFile: (path) => path.endsWith('_spec.rb'),
  invoke(project, selection, out) {
    // A line stands for an example; files for what could not be loaded.
    const chosen = selection.tests
      ? [...new Set(selection.tests.map(({ file = '', line }) => (line ? `${file}:${line}` : file)))]
      : (selection.files ?? []);
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
