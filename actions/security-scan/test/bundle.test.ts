import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTemp, runBundle, startGitHub } from '@fairway/testing';
import { afterEach, describe, expect, it } from 'vitest';

const action = dirname(dirname(fileURLToPath(import.meta.url)));
const workflow = 'on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n';
const onPath = (tool: string) => {
  try {
    execFileSync(tool, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

let github: Awaited<ReturnType<typeof startGitHub>> | undefined;
afterEach(async () => {
  await github?.close();
  github = undefined;
});

describe('the bundle', () => {
  it.each([
    [{ 'fail-on': 'huge' }, /'fail-on' is 'huge'; it must be one of 'critical'/],
    [{ scanners: 'gitleeks' }, /'gitleeks', which is none of/],
    [{ scanners: ' ' }, /'scanners' is empty/],
    [{ 'working-directory': '../..' }, /inside the workspace/],
    [{ scanners: 'pod-security', manifests: '.' }, /there is no .yaml, .yml or .json file/],
    [{ scanners: 'pod-security', kustomize: '.' }, /there is no kustomization.yaml/],
    [{ 'working-directory': 'nowhere' }, /nothing is there/],
    [{ scanners: 'pod-security', manifests: 'no/such.yml' }, /There is nothing at/],
    [{ scanners: 'pod-security', manifests: '../x.yml' }, /leads out of the repository/],
  ])('refuses %j in one clear error', async (inputs, message) => {
    const { exitCode, commands, outputs, stdout } = await runBundle({
      action,
      inputs: { 'upload-sarif': false, ...inputs },
    });
    expect(exitCode).toBe(1);
    expect(commands.find(({ name }) => name === 'error')?.message).toMatch(message);
    expect(outputs.result).toBe('failed');
    expect(stdout).not.toMatch(/^\s+at /m);
  });

  it('blocks on a privileged pod, writes SARIF, comments on the pull request and uploads', async () => {
    github = await startGitHub({
      pulls: [
        {
          number: 7,
          title: 't',
          headRef: 'f',
          baseRef: 'main',
          headSha: 'a'.repeat(40),
          baseSha: 'b'.repeat(40),
        },
      ] as never,
    });
    const manifest = `---\nkind: ConfigMap\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers: [{ name: app, securityContext: { privileged: true } }]\n`;
    await inTemp({ 'k8s/pod.yml': manifest }, async (workspace) => {
      const result = await runBundle({
        action,
        workspace,
        inputs: { scanners: 'pod-security', manifests: 'k8s', 'sarif-file': 'out/f.sarif' },
        env: github?.env ?? {},
        event: {
          name: 'pull_request',
          payload: { pull_request: { number: 7, head: { sha: 'a'.repeat(40) } } },
        },
      });
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ result: 'blocked', high: '1', critical: '0' });
      const annotation = result.commands.find(({ name, properties }) => name === 'error' && properties.file);
      expect(annotation?.properties).toMatchObject({ file: 'k8s/pod.yml', line: '4' });
      const sarif = JSON.parse(readFileSync(join(workspace, 'out/f.sarif'), 'utf8'));
      expect(sarif.runs[0].results[0].ruleId).toBe('baseline/privileged');
      expect(result.summary).toContain('blocked');
    });
    const methods = github.requests.map(({ method, path }) => `${method} ${path.split('?')[0]}`);
    expect(methods).toContain('POST /repos/acme/photo-app/code-scanning/sarifs');
    expect(methods).toContain('POST /repos/acme/photo-app/issues/7/comments');
    github.assertClean();
  });

  it('still judges where the token may not write', async () => {
    github = await startGitHub({
      deny: ['security_events:write', 'security-events:write', 'pull_requests:write'],
    });
    const result = await runBundle({ action, inputs: { scanners: 'pod-security' }, env: github.env });
    expect(result.exitCode).toBe(0);
    expect(result.outputs.result).toBe('passed');
  });

  it.skipIf(!onPath('gitleaks'))(
    'finds a secret in the history, and never prints it (real gitleaks)',
    async () => {
      const secret = `ghp_${randomBytes(27).toString('base64url').replace(/[-_]/g, 'x')}`.slice(0, 40);
      await inTemp({ 'config.txt': `token = "${secret}"\n` }, async (workspace) => {
        const git = (...args: string[]) =>
          execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
            cwd: workspace,
          });
        git('init', '-q');
        git('add', '.');
        git('commit', '-qm', 'one');
        git('rm', '-q', 'config.txt');
        git('commit', '-qm', 'two');
        // As in a job with a container, where root finds another user's checkout.
        if (process.getuid?.() === 0) execFileSync('chown', ['-R', '12345', workspace]);
        const result = await runBundle({
          action,
          workspace,
          inputs: { scanners: 'gitleaks', 'upload-sarif': false },
          env: { PATH: process.env.PATH },
        });
        expect(result.outputs).toMatchObject({ result: 'blocked', critical: '1' });
        expect(result.stdout + result.stderr + result.summary).not.toContain(secret);
      });
    },
    30_000,
  );

  it.skipIf(!onPath('gitleaks'))(
    'looks through all there is where the base was not fetched, and tells a path from the root (real gitleaks)',
    async () => {
      const secret = `ghp_${randomBytes(27).toString('base64url').replace(/[-_]/g, 'x')}`.slice(0, 40);
      await inTemp({ 'app/config.txt': `token = "${secret}"\n` }, async (workspace) => {
        const git = (...args: string[]) =>
          execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
            cwd: workspace,
          });
        git('init', '-q');
        git('add', '.');
        git('commit', '-qm', 'one');
        const base = { sha: 'b'.repeat(40) };
        const result = await runBundle({
          action,
          workspace,
          inputs: {
            scanners: 'gitleaks',
            'working-directory': 'app',
            'upload-sarif': false,
            comment: false,
          },
          env: { PATH: process.env.PATH },
          event: {
            name: 'pull_request',
            payload: { pull_request: { number: 7, head: { sha: 'a'.repeat(40) }, base } },
          },
        });
        expect(result.outputs).toMatchObject({ result: 'blocked', critical: '1' });
        expect(result.commands.some(({ properties }) => properties.file === 'app/config.txt')).toBe(true);
      });
    },
    30_000,
  );

  it.skipIf(!onPath('gitleaks'))('passes nothing that git could not read (real gitleaks)', async () => {
    await inTemp({ '.git/HEAD': 'not a repository\n', 'a.txt': 'a\n' }, async (workspace) => {
      const result = await runBundle({
        action,
        workspace,
        inputs: { scanners: 'gitleaks', 'upload-sarif': false },
        env: { PATH: process.env.PATH },
      });
      expect(result.exitCode).toBe(1);
      expect(result.outputs.result).toBe('failed');
      expect(result.commands.find(({ name }) => name === 'error')?.message).toMatch(
        /could not look through the history: fatal: .*\nWhat to do: /,
      );
    });
  });

  it.skipIf(!onPath('zizmor'))('finds an injection in a workflow (real zizmor)', async () => {
    const steps = `      - run: echo "\${{ github.event.pull_request.title }}"\n`;
    await inTemp({ '.github/workflows/a.yml': workflow + steps }, async (workspace) => {
      const result = await runBundle({
        action,
        workspace,
        inputs: { scanners: 'zizmor', 'upload-sarif': false },
        env: { PATH: process.env.PATH },
      });
      expect(result.outputs.result).toBe('blocked');
      expect(result.commands.some(({ properties }) => properties.title?.includes('template-injection'))).toBe(
        true,
      );
    });
  });

  it.skipIf(!onPath('zizmor'))(
    'does not take a workflow that cannot be read for a clean one (real zizmor)',
    async () => {
      await inTemp({ '.github/workflows/a.yml': 'on: [push\njobs: {' }, async (workspace) => {
        const result = await runBundle({
          action,
          workspace,
          inputs: { scanners: 'zizmor', 'upload-sarif': false },
          env: { PATH: process.env.PATH },
        });
        expect(result.exitCode).toBe(1);
        expect(result.outputs.result).toBe('failed');
      });
    },
  );

  it.skipIf(!onPath('hadolint'))('finds what is wrong in a Dockerfile (real hadolint)', async () => {
    await inTemp({ 'a/Dockerfile': 'FROM debian\nRUN cd /tmp\n' }, async (workspace) => {
      const result = await runBundle({
        action,
        workspace,
        inputs: { scanners: 'hadolint', 'upload-sarif': false, 'fail-on': 'never' },
        env: { PATH: process.env.PATH },
      });
      expect(result.exitCode).toBe(0);
      expect(result.outputs.result).toBe('passed');
      expect(Number(result.outputs.findings)).toBeGreaterThan(0);
      expect(
        result.commands.find(({ properties }) => properties.file === 'a/Dockerfile')?.properties.line,
      ).toBe('1');
    });
  });
});
