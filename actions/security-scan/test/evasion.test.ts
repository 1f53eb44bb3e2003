import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTemp, runBundle } from '@fairway/testing';
import { describe, expect, it } from 'vitest';

/** What a pull request could bring to keep a scanner from seeing it: real scanners, and each must see it. */

const action = dirname(dirname(fileURLToPath(import.meta.url)));
const onPath = (tool: string) => {
  try {
    execFileSync(tool, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const token = () => `ghp_${randomBytes(27).toString('base64url').replace(/[-_]/g, 'x')}`.slice(0, 40);
const gitIn =
  (cwd: string) =>
  (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();

async function scan(workspace: string, inputs: Record<string, string>, base?: string) {
  return runBundle({
    action,
    workspace,
    inputs: { 'upload-sarif': false, comment: false, ...inputs },
    env: { PATH: process.env.PATH },
    ...(base !== undefined && {
      event: {
        name: 'pull_request',
        payload: { pull_request: { number: 7, head: { sha: 'a'.repeat(40) }, base: { sha: base } } },
      },
    }),
  });
}

describe.skipIf(!onPath('gitleaks'))('gitleaks sees a secret', () => {
  it.each(['* -diff\n', '*.txt binary\n'])(
    'in a file that .gitattributes calls no text: %j',
    async (attributes) => {
      await inTemp({ '.gitattributes': attributes, 'a.txt': `token = "${token()}"\n` }, async (workspace) => {
        const git = gitIn(workspace);
        git('init', '-q');
        git('add', '.');
        git('commit', '-qm', 'one');
        const { outputs } = await scan(workspace, { scanners: 'gitleaks' });
        expect(outputs).toMatchObject({ result: 'blocked', critical: '1' });
      });
    },
  );

  it('by a rule of the settings that the repository’s own extend', async () => {
    const files = {
      '.gitleaks.toml': '[extend]\npath = "rules/base.toml"\n',
      'rules/base.toml': "[[rules]]\nid = 'shop'\nregex = '''shop-[0-9]{8}'''\n",
      'a.txt': 'shop-12345678\n',
    };
    await inTemp(files, async (workspace) => {
      const git = gitIn(workspace);
      git('init', '-q');
      git('add', '.');
      git('commit', '-qm', 'one');
      const { outputs } = await scan(workspace, { scanners: 'gitleaks' });
      expect(outputs).toMatchObject({ result: 'blocked', critical: '1' });
    });
  });

  it.each([
    ['where the two sides conflict', 'a.txt'],
    ['where they do not', 'other.txt'],
  ])('that was put in while merging, %s', async (_, file) => {
    await inTemp({ 'a.txt': 'one\n', 'other.txt': 'x\n' }, async (workspace) => {
      const git = gitIn(workspace);
      git('init', '-qb', 'main');
      git('add', '.');
      git('commit', '-qm', 'base');
      const base = git('rev-parse', 'HEAD');
      git('checkout', '-qb', 'work');
      writeFileSync(join(workspace, 'a.txt'), 'work\n');
      git('commit', '-qam', 'work');
      git('checkout', '-q', 'main');
      writeFileSync(join(workspace, 'a.txt'), 'main\n');
      git('commit', '-qam', 'main');
      git('checkout', '-q', 'work');
      expect(() => git('merge', 'main')).toThrow();
      writeFileSync(join(workspace, 'a.txt'), 'both\n');
      writeFileSync(join(workspace, file), `token = "${token()}"\n`);
      git('add', '.');
      git('commit', '-qm', 'merge');
      for (const from of [base, undefined]) {
        const { outputs, commands } = await scan(workspace, { scanners: 'gitleaks' }, from);
        expect(outputs).toMatchObject({ result: 'blocked', critical: '1' });
        expect(commands.find(({ properties }) => properties.file)?.properties.file).toBe(file);
      }
    });
  });

  it('where the base is what is checked out, as on pull_request_target', async () => {
    await inTemp({ 'a.txt': `token = "${token()}"\n` }, async (workspace) => {
      const git = gitIn(workspace);
      git('init', '-q');
      git('add', '.');
      git('commit', '-qm', 'one');
      const { outputs } = await scan(workspace, { scanners: 'gitleaks' }, git('rev-parse', 'HEAD'));
      expect(outputs.result).toBe('blocked');
    });
  });

  it('but not one that the repository’s own settings allow', async () => {
    const secret = token();
    const files = {
      'app/a.txt': `token = "${secret}"\n`,
      'app/.gitleaks.toml': `[extend]\nuseDefault = true\n[[allowlists]]\nregexes = ["${secret}"]\n`,
    };
    await inTemp(files, async (workspace) => {
      const git = gitIn(workspace);
      git('init', '-q');
      git('add', '.');
      git('commit', '-qm', 'one');
      const inputs = { scanners: 'gitleaks', 'working-directory': 'app' };
      expect((await scan(workspace, inputs)).outputs.result).toBe('passed');
    });
  });
});

describe.skipIf(!onPath('zizmor'))('zizmor sees an injection', () => {
  const step = `run: echo "\${{ github.event.pull_request.title }}"`;
  const workflow = `on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - ${step}\n`;
  const composite = `name: a\ndescription: b\nruns:\n  using: composite\n  steps:\n    - ${step}\n      shell: bash\n`;

  it.each([
    [
      'in a workflow that .gitignore names',
      { '.github/workflows/a.yml': workflow, '.gitignore': '.github/\n' },
    ],
    ['in an action outside of .github', { 'tools/say/action.yml': composite }],
  ])('%s', async (_, files) => {
    await inTemp(files, async (workspace) => {
      gitIn(workspace)('init', '-q');
      const { outputs, commands } = await scan(workspace, { scanners: 'zizmor' });
      expect(outputs.result).toBe('blocked');
      expect(commands.some(({ properties }) => properties.title?.includes('template-injection'))).toBe(true);
    });
  });
});

it('a manifest that is a link out of the repository is not read', async () => {
  await inTemp({ 'k8s/a.yml': 'kind: Pod\n', 'beside.yml': 'secret-of-the-runner: [\n' }, async (folder) => {
    symlinkSync(join(folder, 'beside.yml'), join(folder, 'k8s/b.yml'));
    const workspace = join(folder, 'k8s');
    const { outputs, commands, stdout } = await scan(workspace, { scanners: 'pod-security', manifests: '.' });
    expect(outputs.result).toBe('failed');
    expect(commands.find(({ name }) => name === 'error')?.message).toMatch(/leads out of the repository/);
    expect(stdout).not.toContain('secret-of-the-runner');
  });
});

describe.skipIf(!onPath('hadolint'))('hadolint', () => {
  it('tells of the same on every line', async () => {
    const run = 'RUN apt-get install -y --no-install-recommends curl\n';
    await inTemp({ Dockerfile: `FROM debian:12\n${run}${run}` }, async (workspace) => {
      const { commands } = await scan(workspace, { scanners: 'hadolint', 'fail-on': 'never' });
      const lines = commands.filter(({ properties }) => properties.title?.includes('DL3008'));
      expect(lines.map(({ properties }) => properties.line)).toEqual(['2', '3']);
    });
  });

  it('does not pass a Dockerfile that it cannot read', async () => {
    await inTemp({ 'a/Dockerfile': 'FROM debian:12\n' }, async (workspace) => {
      writeFileSync(join(workspace, 'Dockerfile'), Buffer.from([0x46, 0xff, 0xfe, 0x0a]));
      const { outputs } = await scan(workspace, { scanners: 'hadolint' });
      expect(outputs.result).not.toBe('passed');
    });
  });
});
