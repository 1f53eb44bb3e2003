import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGitServer } from './real/git-server.ts';
import { missing, type Part, programs, startRegistry, user } from './real/parts.ts';
import { whileWatchingProcesses } from './real/process-list.ts';
import { Workshop } from './real/workshop.ts';

/**
 * One build with every credential that can be given to it, each a value that stands nowhere else; then each is looked
 * for wherever it could have come to lie: logs, summary, outputs, command lines, and all that is in the registry.
 */
describe.skipIf(missing !== '')(`no credential is left behind${missing && ` (missing: ${missing})`}`, () => {
  let shop: Workshop;
  let guarded: Part;

  const given = {
    'a build secret of the environment': 'env-secret-Ahg7uoz3',
    'a build secret of a file': 'file-secret-ieF4aeng',
    'the token of a git context': 'git-token-Quo7ohgh',
    'the password of a registry': user.password,
    'a password from the environment': 'hub-password-eeN0aish',
    'the password of the key': 'key-password-ooR8wai4',
  };

  beforeAll(async () => {
    [shop, guarded] = await Promise.all([Workshop.open(), startRegistry({ guarded: true })]);
  });
  afterAll(() => Promise.all([shop?.close(), guarded?.stop()]));

  it('in logs, on command lines, in the image, its history, its cache and its evidence', async () => {
    const shell = await shop.shell();
    const clear = await shop.freshWorkspace();
    const git = await startGitServer(
      {
        Dockerfile: [
          `FROM ${shell}`,
          'RUN --mount=type=secret,id=env,required=true --mount=type=secret,id=file,required=true \\',
          // Long enough to be seen in a list of processes; and shown, so that the log has something to hide.
          '  cat /run/secrets/env /run/secrets/file; sleep 2; wc -c /run/secrets/* > /sizes',
          '',
        ].join('\n'),
      },
      given['the token of a git context'],
    );
    const key = generateKeyPairSync('ec', {
      namedCurve: 'prime256v1',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: {
        type: 'pkcs8',
        format: 'pem',
        cipher: 'aes-256-cbc',
        passphrase: given['the password of the key'],
      },
    }).privateKey;
    const all = Object.entries({
      ...given,
      'the private key': key.split('\n')[1] ?? '',
      'a login as it is sent': Buffer.from(`${user.username}:${user.password}`).toString('base64'),
    });
    try {
      await shop.write('secret.txt', given['a build secret of a file']);
      const spy = await spyingBuildx(join(shop.workspace, 'spy'));
      const { result, commandLines } = await whileWatchingProcesses(() =>
        shop.run(
          {
            image: `${guarded.address}/acme/secret`,
            context: `${git.address}#main`,
            push: 'true',
            'size-budget': '100MiB',
            secrets: 'env=ENV_SECRET\nfile=./secret.txt\nGIT_AUTH_TOKEN=GIT_TOKEN',
            logins: 'docker.io acme HUB_PASSWORD',
            'sign-key': key,
            'sign-key-password': given['the password of the key'],
            ...user,
          },
          {
            env: {
              PATH: `${spy}${delimiter}${process.env.PATH}`,
              ENV_SECRET: given['a build secret of the environment'],
              GIT_TOKEN: given['the token of a git context'],
              HUB_PASSWORD: given['a password from the environment'],
            },
          },
        ),
      );
      expect(result.errors).toEqual([]);
      expect(result.outputs).toMatchObject({ pushed: 'true', signature: expect.stringContaining('.sig') });

      const argv = await readFile(join(spy, 'argv.log'), 'utf8');
      expect(argv).toContain('id=env,env=ENV_SECRET');
      expect([...commandLines].some((line) => line.includes('sleep 2'))).toBe(true); // the step itself was seen
      expect(result.log).toMatch(/│ .*\*\*\*/); // what it printed was hidden, not lost
      const kept = await everythingIn(guarded);
      expect(kept.some((text) => text.includes('wc -c /run/secrets'))).toBe(true); // the history is among it
      for (const [what, value] of all) {
        expect(result.log, what).not.toContain(value);
        expect(result.summary, what).not.toContain(value);
        expect(JSON.stringify([result.outputs, result.state]), what).not.toContain(value);
        expect(argv, what).not.toContain(value);
        expect(
          [...commandLines].filter((line) => line.includes(value)),
          what,
        ).toEqual([]);
        expect(
          kept.filter((text) => text.includes(value)).map((text) => text.slice(0, 200)),
          what,
        ).toEqual([]);
      }
      await expect(readdir(result.state.folder ?? '')).rejects.toThrow('ENOENT');
    } finally {
      await Promise.all([git.stop(), clear()]);
    }
  });

  /** Every blob and manifest of every repository, as it lies on the registry's disk, unpacked where it is packed. */
  async function everythingIn(registry: Part): Promise<string[]> {
    const files = await readdir(registry.folder ?? '', { recursive: true, withFileTypes: true });
    const blobs = files.filter((file) => file.isFile() && file.name === 'data');
    expect(blobs.length).toBeGreaterThan(5);
    return Promise.all(
      blobs.map(async (file) => {
        const bytes = await readFile(join(file.parentPath, file.name));
        return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('latin1');
      }),
    );
  }
});

/** A folder with a buildx that notes its argv and then is the real one. */
async function spyingBuildx(folder: string): Promise<string> {
  await mkdir(folder);
  const real = join(dirname(programs.buildx), 'buildx');
  const script = `#!/bin/sh\nprintf '%s\\n' "$@" >> '${folder}/argv.log'\nexec '${real}' "$@"\n`;
  await writeFile(join(folder, 'buildx'), script, { mode: 0o755 });
  return folder;
}
