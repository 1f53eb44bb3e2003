import { join } from 'node:path';
import { type Framework, filesOf } from './framework.js';
import { installed, isUsed, titles } from './npm-project.js';

export const playwright: Framework = {
  name: 'playwright',
  ecosystem: 'node',
  detect: (project) => isUsed(project, '@playwright/test', 'playwright'),
  isTestFile: (path) => /\.(test|spec)\.[cm]?[jt]sx?$/.test(path),
  invoke(project, selection, out) {
    // It matches its project's name, the file, the titles of a chain and the tags, all joined by spaces.
    const pattern = titles(selection, (name) => name.replaceAll(' › ', ' '))
      ?.replace(/^\^/, ' ')
      .replace(/\$$/, '( @|$)');
    const files = selection.tests ? filesOf(selection.tests) : (selection.files ?? []);
    const chosen = [
      ...(pattern === undefined ? [] : [`--grep=${pattern}`]),
      // A file is a pattern too.
      ...files.map((file) => file.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')),
    ];
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
