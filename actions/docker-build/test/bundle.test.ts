import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runBundle } from '@fairway/testing';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';

const action = dirname(dirname(fileURLToPath(import.meta.url)));
const image = '127.0.0.1:9/acme/app';
let workspace = '';

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'docker-build-'));
  await mkdir(join(workspace, 'empty'));
  await writeFile(join(workspace, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');
});
afterAll(() => rm(workspace, { recursive: true, force: true }));

/** Each of these ends before any program is started: the machine needs no Docker for it. */
describe('what cannot be followed ends in one error with its mend', () => {
  test.each<[string, Record<string, string>, RegExp, RegExp]>([
    ['no image', {}, /The input 'image' is required/, /image: …/],
    ['an image with a tag', { image: `${image}:1` }, /names a tag or a digest/, /made by the input 'tags'/],
    ['a phase nobody knows', { image, phase: 'bake' }, /'phase' is 'bake'/, /phase: build/],
    ['push: yes', { image, push: 'yes' }, /'push' is 'yes'/, /push: true/],
    ['a missing context', { image, context: 'nope' }, /'nope' is no folder/, /actions\/checkout/],
    ['a context outside', { image, context: '../..' }, /must be a path inside the workspace/, /context: \./],
    [
      'no Dockerfile',
      { image, context: 'empty' },
      /looked for empty\/Dockerfile, empty\/Containerfile/,
      /file: /,
    ],
    [
      'a Dockerfile outside',
      { image, file: '/etc/passwd' },
      /There is no Dockerfile/,
      /relative to the context/,
    ],
    [
      'a platform with a flag in it',
      { image, platforms: 'linux/amd64 --push' },
      /which is no platform/,
      /linux\/arm64/,
    ],
    ['a rule nobody knows', { image, tags: 'type=moon' }, /its type is 'moon'/, /type=semver/],
    ['a login of one half', { image, username: 'me' }, /'password' is empty/, /github\.token/],
    [
      'plain HTTP to the world',
      { image: 'registry.example/a', 'registry-insecure': 'true' },
      /which is not this machine/,
      /certificate/,
    ],
    [
      'a secret from nowhere',
      { image, secrets: 't=UNSET_HERE' },
      /variable UNSET_HERE, which is not set/,
      /env:/,
    ],
    ['a builder that is no name', { image, builder: 'a b' }, /neither a name nor an address/, /tcp:\/\//],
    [
      'a budget in stones',
      { image, 'size-budget': '3 stone' },
      /must be a size such as 200MiB/,
      /size-budget: 200MiB/,
    ],
    ['a port beyond all', { image, 'test-port': '70000' }, /'test-port' is '70000'/, /test-port: 0/],
    [
      'a path that is none',
      { image, 'test-port': '80', 'test-path': 'health z' },
      /'test-path' is 'health z', which is no path/,
      /test-path: \/healthz/,
    ],
    [
      'a path with no port',
      { image, 'test-path': '/healthz' },
      /'test-path' is given, and no 'test-port'/,
      /test-port: 8080/,
    ],
    [
      'an environment for nothing',
      { image, 'test-env': 'A=1' },
      /'test-env' is given, and no 'test-port'/,
      /test-port: 8080/,
    ],
    [
      'a variable that a shell would not take',
      { image, 'test-port': '80', 'test-env': 'A$(id)=1' },
      /'test-env' sets 'A\$\(id\)'/,
      /test-env: DATABASE_URL=/,
    ],
    [
      'a probe with an option in it',
      { image, 'test-port': '80', 'probe-image': 'busybox,target=/etc' },
      /'probe-image' is 'busybox,target=\/etc', which is no image/,
      /leave it out/,
    ],
    ['a scan nobody knows', { image, scan: 'secrets, viruses' }, /'scan' names 'viruses'/, /scan-command/],
    [
      'an artifact by no name',
      { image, 'evidence-artifact': '../x' },
      /'evidence-artifact' is '\.\.\/x', no name/,
      /evidence-artifact: image/,
    ],
    [
      'a merge of nothing',
      { image, phase: 'merge' },
      /'digests' has 0 lines; the phase merge takes 1 to 100/,
      /output {2}digest/,
    ],
    [
      'a verification without a key',
      { image, phase: 'verify', digests: `sha256:${'0'.repeat(64)}` },
      /Nothing says whose signature counts/,
      /verify-key/,
    ],
    [
      'two ways to verify',
      {
        image,
        phase: 'verify',
        digests: `sha256:${'0'.repeat(64)}`,
        'verify-key': 'k',
        'verify-identity': 'https://github.com/o/r/*',
      },
      /Both 'verify-key' and 'verify-identity' are given/,
      /verify-identity/,
    ],
    [
      'an identity that the job does not have',
      { image, push: 'true', 'sign-keyless': 'true' },
      /'sign-keyless' is true, and this job has no identity/,
      /id-token: write/,
    ],
    [
      'a Google account that nothing leads to',
      { image, 'gcp-service-account': 'pusher@acme.iam.gserviceaccount.com' },
      /'gcp-service-account' is given without 'gcp-provider'/,
      /gcp-provider: projects/,
    ],
    ['a push from nowhere', { image, phase: 'push' }, /'layout' is required/, /layout/],
    [
      'a layout outside',
      { image, phase: 'push', layout: '/etc' },
      /outside of workspace and runner\.temp/,
      /runner\.temp/,
    ],
    [
      'half a client certificate',
      { image, builder: 'tcp://b:1', 'builder-ca': 'x' },
      /some are given, and not all/,
      /all three/,
    ],
    ['a limit of nothing', { image, ulimits: 'nofile' }, /'nofile', which is no limit/, /nofile=1024:4096/],
    [
      'a proposal that is to be pushed',
      { image, context: 'empty', generate: 'propose', push: 'true' },
      /nothing can be pushed/,
      /generate: build/,
    ],
    [
      'nothing to propose from',
      { image, context: 'empty', generate: 'propose' },
      /there is no package\.json/,
      /Write a Dockerfile/,
    ],
    [
      'a cache in what is built',
      { image, cache: 'local', 'cache-folder': 'here' },
      /inside the workspace/,
      /cache-folder: \/var/,
    ],
    ['a cache nowhere', { image, cache: 'local' }, /'cache-folder' is required/, /cache-folder/],
    ['a folder for another cache', { image, 'cache-folder': '/c' }, /cache: registry/, /cache: local/],
    ['too many tries', { image, retries: '99' }, /'retries' is '99'/, /retries: 2/],
  ])('%s', async (_, inputs, cause, mend) => {
    const result = await runBundle({ action, inputs, workspace });
    const errors = result.commands.filter(({ name }) => name === 'error');
    expect(result.exitCode).toBe(1);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toMatch(cause);
    expect(errors[0]?.message).toMatch(mend);
    expect(result.stderr).toBe('');
    expect(result.stdout).not.toMatch(/^\s+at /m);
    expect(result.problems).toEqual([]);
    expect(result.outputs).toMatchObject({
      result: 'failure',
      digest: '',
      pushed: 'false',
      tags: '',
      metadata: '{}',
    });
  });

  it('never shows a secret that was written where its name belongs', async () => {
    const result = await runBundle({ action, workspace, inputs: { image, secrets: 'npm hunter2hunter2' } });
    expect(result.exitCode).toBe(1);
    expect(result.stdout).not.toContain('hunter2');
  });

  it('masks the password before it says anything', async () => {
    const inputs = { image, username: 'me', password: 'hunter2hunter2', platforms: 'hunter2hunter2' };
    const result = await runBundle({ action, workspace, inputs });
    expect(result.masks).toContain('hunter2hunter2');
    expect(result.log).not.toContain('hunter2hunter2');
  });
});

describe('action.yml and the sources', () => {
  const declared = async (section: 'inputs' | 'outputs') => {
    const manifest = await readFile(join(action, 'action.yml'), 'utf8');
    const [, text = ''] = manifest.split(`\n${section}:\n`);
    return [
      ...text
        .split(/\n(?=\S)/, 1)
        .join()
        .matchAll(/^ {2}([a-z-]+):/gm),
    ]
      .map(([, name]) => name)
      .toSorted();
  };

  it('name the same outputs', async () => {
    const result = await runBundle({ action, workspace, inputs: { image, phase: 'bake' } });
    expect(Object.keys(result.outputs).toSorted()).toEqual(await declared('outputs'));
  });

  it('name the same inputs', async () => {
    const sources = await Promise.all(
      [
        'inputs.ts',
        'login-inputs.ts',
        'build-inputs.ts',
        'bake-inputs.ts',
        'digest-inputs.ts',
        'mount-inputs.ts',
        'trust-inputs.ts',
        'scan-inputs.ts',
        'start-inputs.ts',
      ].map((file) => readFile(join(action, 'src', file), 'utf8')),
    );
    const readers =
      /\b(?:text|lines|flag|integer|duration|oneOf|secret|pairs|workspacePath|matching|readArtifactName)\(\s*'([a-z-]+)'/g;
    const read = new Set([...sources.join('\n').matchAll(readers)].map(([, name]) => name));
    expect([...read].toSorted()).toEqual(await declared('inputs'));
  });
});

it('post clears nothing away where main did not come far', async () => {
  const result = await runBundle({ action, workspace, entry: 'post', inputs: { image }, state: {} });
  expect(result).toMatchObject({ exitCode: 0, stdout: '' });
});

it('post removes the folder that main made', async () => {
  const folder = await mkdtemp(join(workspace, 'made-'));
  await writeFile(join(folder, 'config.json'), '{}');
  const result = await runBundle({ action, workspace, entry: 'post', inputs: { image }, state: { folder } });
  expect(result.exitCode).toBe(0);
  const { existsSync } = await import('node:fs');
  expect(existsSync(folder)).toBe(false);
});
