import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTemp, runBundle, startGitHub } from '@fairway/testing';
import { expect, it } from 'vitest';

const action = dirname(dirname(fileURLToPath(import.meta.url)));

/** A pull request that writes these files, scanned by what needs no program but git. */
async function scanned(files: Record<string, string>) {
  const numbers = { number: 7, headRef: 'f', baseRef: 'main', headSha: 'a'.repeat(40) };
  const github = await startGitHub({ pulls: [{ ...numbers, title: 't', baseSha: 'b'.repeat(40) }] });
  try {
    return await inTemp({ 'a.txt': 'a\n', '.gitleaks.toml': '' }, async (workspace) => {
      const git = (...args: string[]) =>
        execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
          cwd: workspace,
          encoding: 'utf8',
        }).trim();
      git('init', '-q');
      git('add', '.');
      git('commit', '-qm', 'base');
      const base = { sha: git('rev-parse', 'HEAD') };
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(workspace, path)), { recursive: true });
        writeFileSync(join(workspace, path), text);
      }
      git('add', '.');
      git('commit', '-qm', 'work');
      const pull_request = { number: 7, head: { sha: numbers.headSha }, base };
      const { commands, summary, exitCode } = await runBundle({
        action,
        workspace,
        inputs: { scanners: 'pod-security', 'upload-sarif': false },
        env: { ...github.env, PATH: process.env.PATH },
        event: { name: 'pull_request', payload: { pull_request } },
      });
      expect(exitCode).toBe(0);
      const told = commands.filter(({ properties }) => properties.title === 'Exceptions');
      const comment = github.state.comments[0]?.body ?? '';
      return { files: told.map(({ properties }) => properties.file), summary, comment };
    });
  } finally {
    await github.close();
  }
}

it.each([
  ['gitleaks’ settings', { 'app/.gitleaks.toml': 'x' }, ['app/.gitleaks.toml']],
  ['a waiver', { '.github/security-waivers.yml': 'waivers: []\n' }, ['.github/security-waivers.yml']],
  ['a comment', { 'src/a.ts': 'const a = 1; // gitleaks:allow\n' }, ['src/a.ts']],
  [
    'a comment in what .gitattributes calls binary',
    { '.gitattributes': '* -diff\n', Dockerfile: '# hadolint global ignore=DL3008\n' },
    ['Dockerfile'],
  ],
])('tells a reviewer that a pull request brings %s', async (_, files, named) => {
  const told = await scanned(files);
  expect(told.files).toEqual(named);
  for (const text of [told.summary, told.comment]) {
    expect(text).toContain('changes what the scanners let through');
    expect(text).toContain(named[0]);
  }
});

it('says nothing of a pull request that lets no more through', async () => {
  const told = await scanned({ 'a.txt': 'b\n' });
  expect(told.files).toEqual([]);
  expect(told.summary).not.toContain('let through');
});
