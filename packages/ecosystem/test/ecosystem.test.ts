import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ecosystemOf } from '../src/ecosystem.js';

test.each([
  [['package.json'], 'node', 'package.json'],
  [['package.json', '.nvmrc'], 'node', '.nvmrc'],
  [['package.json', 'Gemfile'], 'ruby', ''],
  [['go.mod'], 'go', 'go.mod'],
  [['requirements.txt', '.python-version'], 'python', '.python-version'],
  [['pom.xml'], 'java', ''],
  [['Cargo.toml'], 'rust', ''],
  [['README.md'], 'none', ''],
])('%j: %s', (paths, name, versionFile) => {
  const folder = mkdtempSync(join(tmpdir(), 'ecosystem-test-'));
  try {
    for (const path of paths) writeFileSync(join(folder, path), '{}');
    expect(ecosystemOf(folder)).toEqual({ name, versionFile });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
