import { join } from 'node:path';
import type { Framework } from './framework.js';
import { installed, isUsed } from './npm-project.js';

export const playwright: Framework = {
  name: 'playwright',
  ecosystem: 'node',
  detect: (project) => isUsed(project, '@playwright/test', 'playwright'),
  isTestFile: (path) => /\.(test|spec)\.[cm]?[jt]sx?$/.test(path),
  invoke(project, selection, out) {
    const tests = selection.tests?.flatMap(({ file, line }) =>
      file === undefined ? [] : [line ? `${file}:${line}` : file],
    );
    const chosen = tests ? [...new Set(tests)] : (selection.files ?? []);
    return {
      tool: installed(project, 'playwright'),
      plain: ['npx', 'playwright', 'test', ...chosen],
      args: ['test', '--reporter=list,junit', ...chosen],
      env: {
        PLAYWRIGHT_JUNIT_OUTPUT_FILE: join(out, 'junit.xml'),
        PLAYWRIGHT_JUNIT_OUTPUT_NAME: join(out, 'junit.xml'),
      },
      reports: [join(out, 'junit.xml')],
      coverage: [],
    };
  },
};
