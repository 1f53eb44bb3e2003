import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const ACTION = dirname(dirname(fileURLToPath(import.meta.url)));
const REPOSITORY = dirname(dirname(ACTION));

/** A repository of its own with these files, committed; gone when the test is. */
export function repository(
  files: Readonly<Record<string, string>>,
  options: { readonly modules?: boolean } = {},
): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'fairway-tests-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  write(folder, { '.gitignore': 'node_modules\n.state\n.green\n__pycache__\n.pytest_cache\n', ...files });
  if (options.modules) symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
  git(folder, 'init', '--quiet', '--initial-branch=main');
  commit(folder);
  return folder;
}

export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Commits everything and gives the commit. */
export function commit(folder: string): string {
  git(folder, 'add', '--all');
  git(folder, '-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '--quiet', '--message=files');
  return git(folder, 'rev-parse', 'HEAD');
}

export function git(folder: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();
}

/** A Vitest project whose tests say what they do. */
export function vitestProject(tests: Readonly<Record<string, string>>): Record<string, string> {
  return {
    'package.json': JSON.stringify({
      name: 'subject',
      type: 'module',
      scripts: { test: 'vitest run' },
      devDependencies: { vitest: '5.1.1', '@vitest/coverage-v8': '5.1.1' },
    }),
    'vitest.config.js': "export default { test: { coverage: { provider: 'v8', include: ['src/**'] } } };\n",
    'src/add.js': 'export function add(a, b) {\n  if (a > 100) {\n    return 100;\n  }\n  return a + b;\n}\n',
    ...Object.fromEntries(
      Object.entries(tests).map(([name, body]) => [
        `test/${name}.test.js`,
        `import { existsSync, writeFileSync } from 'node:fs';\nimport { describe, expect, test } from 'vitest';\nimport { add } from '../src/add.js';\n${body}\n`,
      ]),
    ),
  };
}

/** A test that fails the first time that it is run in its folder. */
export const FLAKY =
  "test('comes and goes', () => { if (existsSync('.state')) return; writeFileSync('.state', ''); expect(add(1, 1)).toBe(3); });";
