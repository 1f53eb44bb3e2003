import { join } from 'node:path';
import type { Framework } from './framework.js';

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
