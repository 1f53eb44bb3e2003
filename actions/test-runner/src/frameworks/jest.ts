import { join } from 'node:path';
import { query } from '@fairway/exec-kit';
import { settings } from '../project.js';
import type { Framework } from './framework.js';
import { installed, isUsed, relativeFiles, selected, titles } from './npm-project.js';

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
