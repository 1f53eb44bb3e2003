import { join } from 'node:path';
import { query } from '@fairway/exec-kit';
import { type Project, settings, upward } from '../project.js';
import { anyOf, type Coverage, type Framework, filesOf, type Selection } from './framework.js';

/** A program that npm installed, for this project or for the workspace around it; by name, for PATH, when it is in neither. */
function installed(project: Project, program: string): string {
  return upward(project, `node_modules/.bin/${program}`) ?? program;
}

function selected(selection: Selection): readonly string[] {
  return selection.tests ? filesOf(selection.tests) : (selection.files ?? []);
}

/** Test titles as these tools match them: the describe titles and the test's own, joined by spaces. */
function titles(selection: Selection, split: (text: string) => string): string | undefined {
  if (!selection.tests || selection.tests.length > 100) return undefined;
  return anyOf([...new Set(selection.tests.map((test) => split(test.name)))]);
}

/** Named first by package.json's own test script, or installed and no other is named. */
function isUsed(project: Project, name: string, program: string): boolean {
  const named = /\b(vitest|jest|mocha|playwright)\b/.exec(project.testScript)?.[1];
  return named === undefined ? project.packages.has(name) : named === program;
}

const VITEST_SETTINGS = ['vitest', 'vite'].flatMap((name) =>
  ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((ending) => `${name}.config.${ending}`),
);

export const vitest: Framework = {
  name: 'vitest',
  ecosystem: 'node',
  detect: (project) => isUsed(project, 'vitest', 'vitest'),
  isTestFile: (path) => /\.(test|spec)\.[cm]?[jt]sx?$/.test(path),
  async list(project) {
    const args = ['list', '--filesOnly', '--json'];
    const answer = await query(installed(project, 'vitest'), args, { cwd: project.folder });
    return relativeFiles(answer.slice(answer.indexOf('[')), project.folder, (entry) => entry?.file);
  },
  invoke(project, selection, out, coverage) {
    // Titles of a chain are joined by ' > ' from Vitest 5 on, by a space before.
    const pattern = titles(selection, (name) => name)?.replaceAll(' > ', '( > | )');
    return {
      tool: installed(project, 'vitest'),
      plain: [
        'npx',
        'vitest',
        'run',
        ...(pattern === undefined ? [] : ['-t', pattern]),
        ...selected(selection),
      ],
      args: [
        'run',
        // Whether nothing ran is judged by us, over all shards.
        '--passWithNoTests',
        '--reporter=default',
        '--reporter=junit',
        `--outputFile.junit=${join(out, 'junit.xml')}`,
        ...(pattern === undefined ? [] : [`--testNamePattern=${pattern}`]),
        ...vitestCoverage(project, selection, out, coverage),
        ...selected(selection),
      ],
      reports: [join(out, 'junit.xml')],
      coverage: [join(out, 'coverage/lcov.info')],
    };
  },
};

/** Coverage needs its provider's package; what the project never set up is not turned on behind its back. */
function vitestCoverage(project: Project, selection: Selection, out: string, coverage: Coverage): string[] {
  const provider = [...project.packages].some((name) => name.startsWith('@vitest/coverage-'));
  const configured =
    /\bcoverage\s*:/.test(settings(project, VITEST_SETTINGS)) || /--coverage\b/.test(project.testScript);
  if (!provider && !configured) return [];
  if (selection.again || !(configured || coverage.wanted)) return ['--coverage.enabled=false'];
  const limits = ['lines', 'functions', 'branches', 'statements'].map(
    (kind) => `--coverage.thresholds.${kind}=0`,
  );
  return [
    '--coverage.enabled=true',
    '--coverage.reporter=lcovonly',
    '--coverage.reporter=text-summary',
    `--coverage.reportsDirectory=${join(out, 'coverage')}`,
    // What was covered until a test failed still says which lines ran.
    '--coverage.reportOnFailure=true',
    ...(coverage.partial ? limits : []),
  ];
}

export const jest: Framework = {
  name: 'jest',
  ecosystem: 'node',
  detect: (project) => isUsed(project, 'jest', 'jest') || project.packages.has('react-scripts'),
  isTestFile: (path) =>
    /(^|\/)__tests__\/.*\.[jt]sx?$|\.(test|spec)\.[cm]?[jt]sx?$|(^|\/)(test|spec)\.[jt]sx?$/.test(path),
  async list(project) {
    const answer = await query(installed(project, 'jest'), ['--listTests', '--json'], {
      cwd: project.folder,
    });
    return relativeFiles(answer.slice(answer.indexOf('[')), project.folder, (entry) => entry);
  },
  invoke(project, selection, out, coverage) {
    const files = selected(selection);
    const pattern = titles(selection, (name) => name);
    const configured = /collectCoverage\b/.test(
      settings(project, [
        'jest.config.ts',
        'jest.config.js',
        'jest.config.mjs',
        'jest.config.cjs',
        'jest.config.json',
      ]) + JSON.stringify(project.manifest.jest ?? ''),
    );
    const covers = !selection.again && (configured || coverage.wanted);
    return {
      tool: installed(project, 'jest'),
      plain: [
        'npx',
        'jest',
        ...(pattern === undefined ? [] : ['-t', pattern.replace(/^\^/, '(^| )')]),
        ...files,
      ],
      args: [
        '--ci',
        '--passWithNoTests',
        '--json',
        `--outputFile=${join(out, 'jest.json')}`,
        // Jest matches the whole name, with its describe titles; the test's own stands at the end.
        ...(pattern === undefined ? [] : [`--testNamePattern=${pattern.replace(/^\^/, '(^| )')}`]),
        ...(covers
          ? [
              '--coverage',
              '--coverageReporters=lcovonly',
              '--coverageReporters=text-summary',
              `--coverageDirectory=${join(out, 'coverage')}`,
            ]
          : ['--coverage=false']),
        ...(covers && coverage.partial ? ['--coverageThreshold={}'] : []),
        ...(files.length > 0 ? ['--runTestsByPath', ...files] : []),
      ],
      reports: [join(out, 'jest.json')],
      coverage: [join(out, 'coverage/lcov.info')],
    };
  },
};

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

function relativeFiles(
  json: string,
  folder: string,
  pick: (entry: { file?: unknown } & string) => unknown,
): string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(json);
    if (!Array.isArray(parsed)) return undefined;
    const base = `${folder.replaceAll('\\', '/')}/`;
    return parsed
      .map(pick)
      .filter((path): path is string => typeof path === 'string')
      .map((path) => path.replaceAll('\\', '/'))
      .map((path) => (path.startsWith(base) ? path.slice(base.length) : path))
      .toSorted();
  } catch {
    return undefined;
  }
}
