import { join } from 'node:path';
import { settings } from '../project.js';
import type { Framework } from './framework.js';
import { installed, isUsed, selected, titles } from './npm-project.js';

export const mocha: Framework = {
  name: 'mocha',
  ecosystem: 'node',
  detect: (project) => isUsed(project, 'mocha', 'mocha'),
  isTestFile: (path, project) =>
    /^test\/[^/]+\.[cm]?js$/.test(path) ||
    (/"?(spec|recursive)"?\s*:/.test(
      settings(project, ['.mocharc.json', '.mocharc.yml', '.mocharc.yaml', '.mocharc.js', '.mocharc.cjs']),
    ) &&
      /(^|\/)tests?\/.*\.[cm]?[jt]s$|\.(test|spec)\.[cm]?[jt]s$/.test(path)),
  invoke(project, selection, out) {
    const reporter = join(out, 'reporter.cjs');
    const pattern = titles(selection, (name) => name);
    return {
      tool: installed(project, 'mocha'),
      plain: [
        'npx',
        'mocha',
        ...(pattern === undefined ? [] : ['--grep', pattern.replace(/^\^/, '(^| )')]),
        ...selected(selection),
      ],
      args: [
        '--reporter',
        reporter,
        '--reporter-option',
        `output=${join(out, 'xunit.xml')}`,
        ...(pattern === undefined ? [] : ['--grep', pattern.replace(/^\^/, '(^| )')]),
        ...selected(selection),
      ],
      files: new Map([[reporter, MOCHA_REPORTER]]),
      reports: [join(out, 'xunit.xml')],
      coverage: [],
    };
  },
};

/** Mocha takes one reporter. This one is its own `spec` on the console and its own `xunit` in a file. */
const MOCHA_REPORTER = `const { createRequire } = require('node:module');
const { reporters } = createRequire(process.cwd() + '/package.json')('mocha');
module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    this.file = new reporters.XUnit(runner, options);
  }
  done(failures, end) {
    this.file.done(failures, end);
  }
};
`;
