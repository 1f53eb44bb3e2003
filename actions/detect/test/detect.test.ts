import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runBundle } from '@fairway/testing';
import { describe, expect, it } from 'vitest';
import { changeOf, isTrusted } from '../src/change.js';
import { dockerfileIn, infrastructureIn, overlaysIn } from '../src/places.js';

const action = dirname(dirname(fileURLToPath(import.meta.url)));

async function inTemp<T>(paths: readonly string[], body: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'detect-test-'));
  try {
    for (const path of paths) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), '{}');
    }
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const run = { actor: 'ada', eventName: 'push', event: {}, repository: 'acme/shop' };
const pullRequest = (fromFork: boolean) => ({ fromFork }) as never;

describe('changeOf and isTrusted', () => {
  it.each([
    ['push', 'refs/heads/main', 'release'],
    ['workflow_dispatch', 'refs/heads/main', 'release'],
    ['schedule', 'refs/heads/main', 'other'],
    ['push', 'refs/heads/feature', 'other'],
    ['push', 'refs/tags/main', 'other'],
    ['push', 'refs/heads/x/refs/heads/main', 'other'],
  ])('%s of %s is %s', (eventName, ref, change) => {
    expect(changeOf({ eventName, ref, defaultBranch: 'main' })).toBe(change);
  });

  it('takes no branch for the default one where the event names none', () => {
    expect(changeOf({ eventName: 'push', ref: 'refs/heads/', defaultBranch: '' })).toBe('other');
  });

  it.each([
    [false, 'ada', true],
    [true, 'ada', false],
    [false, 'dependabot[bot]', false],
  ])('fork %s by %s: trusted %s', (fork, actor, trusted) => {
    expect(isTrusted({ ...run, actor, pullRequest: pullRequest(fork) })).toBe(trusted);
  });

  it('does not trust what Dependabot proposes because a person started the run', () => {
    const proposed = { fromFork: false, author: 'dependabot[bot]' } as never;
    expect(isTrusted({ ...run, pullRequest: proposed })).toBe(false);
  });

  it.each([
    ['acme/shop', true],
    ['mallory/shop', false],
    [undefined, false],
  ])('a run that the end of one for %s started: trusted %s', (origin, trusted) => {
    const event = { workflow_run: { head_repository: origin && { full_name: origin } } };
    expect(isTrusted({ ...run, eventName: 'workflow_run', event })).toBe(trusted);
  });
});

describe('places', () => {
  it('finds the usual ones', async () => {
    await inTemp(
      ['Dockerfile', 'infra/local/main.tf', 'deploy/overlays/staging/kustomization.yaml'],
      (folder) => {
        expect(dockerfileIn(folder, '')).toBe('Dockerfile');
        expect(infrastructureIn(folder, '')).toBe('infra/local');
        expect(overlaysIn(folder, '')).toBe('deploy/overlays');
      },
    );
  });

  it('finds nothing in an empty folder, and nothing where none is wanted', async () => {
    await inTemp(['Dockerfile'], (folder) => {
      expect(dockerfileIn(folder, 'none')).toBe('');
      expect(infrastructureIn(folder, '')).toBe('');
      expect(overlaysIn(folder, '')).toBe('');
    });
  });

  it.each(['nowhere', '../outside', '/etc'])('refuses %s', async (given) => {
    await inTemp(['Dockerfile'], (folder) => {
      expect(() => infrastructureIn(folder, given)).toThrow(/must be a folder with \*\.tf files/);
    });
  });
});

describe('the bundle', () => {
  it('tells of an application in a folder, by paths from the root', async () => {
    await inTemp(['app/package.json', 'app/Dockerfile', 'app/infra/main.tf'], async (workspace) => {
      const result = await runBundle({
        action,
        workspace,
        inputs: { 'working-directory': 'app' },
        event: { name: 'push', payload: { repository: { default_branch: 'main' } } },
      });
      expect(result.exitCode).toBe(0);
      expect(result.outputs).toMatchObject({
        ecosystem: 'node',
        'version-file': 'app/package.json',
        dockerfile: 'Dockerfile',
        image: 'true',
        infrastructure: 'app/infra',
        overlays: '',
        tests: 'true',
        change: 'release',
        trusted: 'true',
      });
      expect(result.summary).toContain('app/infra');
    });
  });

  it('says which of several modules it takes', async () => {
    const modules = ['infra/network/main.tf', 'infra/shop/main.tf', 'infra/notes/README.md'];
    await inTemp(modules, async (workspace) => {
      const notices = (commands: readonly { name: string; message: string }[]) =>
        commands.filter(({ name }) => name === 'notice').map(({ message }) => message);
      const found = await runBundle({ action, workspace, inputs: {} });
      expect(found.outputs.infrastructure).toBe('infra/network');
      expect(notices(found.commands)).toEqual([
        expect.stringMatching(/infra\/network, not infra\/shop\. .*infrastructure: infra\/network/),
      ]);
      const named = await runBundle({ action, workspace, inputs: { infrastructure: 'infra/shop' } });
      expect(named.outputs.infrastructure).toBe('infra/shop');
      expect(notices(named.commands)).toEqual([]);
    });
  });

  it('tells of images that bake files say, and of none', async () => {
    await inTemp(['docker-bake.hcl', 'app/package.json'], async (workspace) => {
      const detect = (bakeFiles: string) =>
        runBundle({ action, workspace, inputs: { 'working-directory': 'app', 'bake-files': bakeFiles } });
      expect((await detect('docker-bake.hcl')).outputs).toMatchObject({ image: 'true', dockerfile: '' });
      expect((await detect('')).outputs).toMatchObject({ image: 'false', dockerfile: '' });
      for (const wrong of ['app', 'nowhere.hcl', '../docker-bake.hcl']) {
        const refused = await detect(`docker-bake.hcl\n${wrong}`);
        expect(refused.exitCode).toBe(1);
        expect(refused.log).toContain(`names '${wrong}'`);
      }
    });
  });

  it('sets every output when it fails, and trusts nobody', async () => {
    const result = await runBundle({ action, inputs: { 'working-directory': 'nowhere' } });
    expect(result.exitCode).toBe(1);
    expect(result.outputs).toMatchObject({ trusted: 'false', tests: 'false', change: 'other' });
    expect(result.commands.find(({ name }) => name === 'error')?.message).toMatch(
      /nothing is there\.\nWhat to do/,
    );
  });
});
