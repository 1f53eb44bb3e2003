import { join } from 'node:path';
import { upward } from '../project.js';
import type { Framework } from './framework.js';

export const phpunit: Framework = {
  name: 'phpunit',
  ecosystem: 'php',
  redExitCodes: [1, 2],
  detect: (project) =>
    project.has('vendor/bin/phpunit') || project.has('phpunit.xml') || project.has('phpunit.xml.dist'),
  invoke(project, selection, out) {
    const names = [...new Set(selection.tests?.map(({ name }) => name.split(' ')[0] ?? '') ?? [])];
    return {
      tool: upward(project, 'vendor/bin/phpunit') ?? 'phpunit',
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
