import { join } from 'node:path';
import type { Framework } from './framework.js';
import { selected } from './npm-project.js';

const NODE_TEST =
  /\.test\.[cm]?[jt]s$|(^|\/)(test|test-[^/]*|[^/]*[-_.]test)\.[cm]?[jt]s$|(^|\/)test\/.*\.[cm]?[jt]s$/;

export const nodeTest: Framework = {
  name: 'node-test',
  ecosystem: 'node',
  detect: (project) => /\bnode\b.*--test\b/.test(project.testScript),
  // Source: nodejs.org/api/test.html, "Running tests from the command line".
  isTestFile: (path) => NODE_TEST.test(path) && !path.endsWith('.d.ts'),
  invoke(project, selection, out) {
    const files = selected(selection);
    return {
      tool: 'node',
      plain: ['node', '--test', ...nodeOptions(project.testScript), ...files],
      args: [
        '--test',
        '--test-reporter=spec',
        '--test-reporter-destination=stdout',
        '--test-reporter=junit',
        `--test-reporter-destination=${join(out, 'junit.xml')}`,
        ...nodeOptions(project.testScript),
        ...files,
      ],
      reports: [join(out, 'junit.xml')],
      coverage: [],
    };
  },
};

/** Loaders and conditions of the project's own script are needed to load its tests at all. */
function nodeOptions(script: string): string[] {
  return [
    ...script.matchAll(/(--(?:import|require|conditions|experimental-[\w-]+|env-file)(?:[= ](?!-)\S+)?)/g),
  ].flatMap(([, option = '']) => (option.includes('experimental-test-coverage') ? [] : option.split(' ')));
}
