import type { RealProject } from './project.ts';

function manifest(script: string, development: Readonly<Record<string, string>>): string {
  return JSON.stringify({ type: 'module', scripts: { test: script }, devDependencies: development });
}

/** Fails the first time that it is run in its folder. */
const ONCE = "if (!existsSync('.state')) { writeFileSync('.state', ''); ";

export const NODE_PROJECTS: Readonly<Record<string, RealProject>> = {
  'node:test': {
    framework: 'node-test',
    probe: ['node', '--version'],
    files: {
      'package.json': manifest('node --test', {}),
      'test/a.test.js': `import assert from 'node:assert';
import { existsSync, writeFileSync } from 'node:fs';
import { describe, it, test } from 'node:test';
describe('group', () => {
  it('green', () => {});
  it('flaky', () => { ${ONCE}assert.fail('first'); } });
});
test('red', () => { assert.deepEqual({ a: 1 }, { a: 2 }); });
test.skip('late', () => {});
`,
    },
    red: { file: 'test/a.test.js', line: 8 },
  },
  Vitest: {
    framework: 'vitest',
    probe: ['node', '--version'],
    modules: true,
    files: {
      'package.json': manifest('vitest run', { vitest: '5.1.1' }),
      'a.test.js': `import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
describe('group', () => {
  test('green', () => {});
  test('flaky', () => { ${ONCE}expect(1).toBe(2); } });
});
test('red', () => expect(1).toBe(2));
test.skip('late', () => {});
`,
    },
    red: { file: 'a.test.js', line: 7 },
  },
  Jest: {
    framework: 'jest',
    probe: ['npm', '--version'],
    downloads: true,
    files: {
      'package.json': JSON.stringify({ scripts: { test: 'jest' }, devDependencies: { jest: '30.5.2' } }),
      'src/a.test.js': `const { appendFileSync, existsSync, writeFileSync } = require('node:fs');
test('green', () => { appendFileSync('.green', '1'); });
describe('group (a|b)', () => {
  test.each(['x $1'])('comes and goes: %s', () => { ${ONCE}expect(1).toBe(2); } });
});
test('red', () => { expect({ a: 1 }).toEqual({ a: 2 }); });
test.skip('late', () => {});
`,
    },
    red: { file: 'src/a.test.js', line: 6 },
  },
  Mocha: {
    framework: 'mocha',
    probe: ['npm', '--version'],
    downloads: true,
    files: {
      'package.json': manifest('mocha', { mocha: '12.0.3' }),
      '.mocharc.json': '{"spec": ["test/**/*.spec.js"]}',
      'test/deep/a.spec.js': `import assert from 'node:assert';
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
it('green', () => { appendFileSync('.green', '1'); });
describe('group (a|b)', () => {
  it('comes and goes', () => { ${ONCE}assert.fail('first'); } });
});
it('red', () => { assert.deepEqual({ a: 1 }, { a: 2 }); });
it.skip('late', () => {});
`,
    },
    red: { file: 'test/deep/a.spec.js', line: 7 },
  },
  Playwright: {
    framework: 'playwright',
    probe: ['/usr/bin/chromium', '--version'],
    downloads: true,
    files: {
      'package.json': manifest('playwright test', { '@playwright/test': '1.65.1' }),
      'playwright.config.js': `export default {
  testDir: 'e2e',
  projects: [{ name: 'chromium', use: { launchOptions: { executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] } } }],
};
`,
      'e2e/pages/a.spec.js': `import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
test('green', () => { appendFileSync('.green', '1'); });
test.describe('group', () => {
  test('comes and goes', async ({ page }) => {
    await page.setContent('<h1>here</h1>');
    ${ONCE}expect(await page.textContent('h1')).toBe('gone'); }
  });
});
test('red', async ({ page }) => {
  await page.setContent('<h1>here</h1>');
  await expect(page.locator('h1')).toHaveText('there', { timeout: 200 });
});
test.skip('late', () => {});
`,
    },
    red: { file: 'e2e/pages/a.spec.js', line: 12 },
  },
};
