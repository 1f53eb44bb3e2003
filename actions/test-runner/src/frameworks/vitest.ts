import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { query } from '@fairway/exec-kit';
import { type Project, settings } from '../project.js';
import type { Coverage, Framework, Selection } from './framework.js';
import { installed, isUsed, relativeFiles, selected, titles } from './npm-project.js';

/** Vitest takes every test file whose path holds a chosen one's: `x/test/a.test.ts` along with `test/a.test.ts`. */
function namesakes(project: Project, chosen: readonly string[]): string[] {
  const wanted = new Set(chosen);
  const lower = chosen.map((path) => path.toLowerCase());
  return project.files.filter((path) => {
    if (!isTestFile(path) || wanted.has(path)) return false;
    const text = path.toLowerCase();
    return lower.some((part) => text.includes(part));
  });
}

function globText(path: string): string {
  return path.replace(/[\\*?[\]{}()!+@|]/g, '\\$&');
}

function isTestFile(path: string): boolean {
  return /\.(test|spec)\.[cm]?[jt]sx?$/.test(path);
}

const VITEST_SETTINGS = ['vitest', 'vite'].flatMap((name) =>
  ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((ending) => `${name}.config.${ending}`),
);

export const vitest: Framework = {
  name: 'vitest',
  ecosystem: 'node',
  detect: (project) => isUsed(project, 'vitest', 'vitest'),
  isTestFile,
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
        ...namesakes(project, selected(selection)).map((path) => `--exclude=${globText(path)}`),
        ...selected(selection),
      ],
      reports: [join(out, 'junit.xml')],
      // `reporters: [['junit', { outputFile }]]` in the project's settings wins over --outputFile.
      told: (line) => /^JUNIT report written to (.+)$/.exec(stripVTControlCharacters(line))?.[1],
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
