import { mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@fairway/exec-kit';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { applyArguments, backendFile, hclString, initArguments, planArguments } from '../src/arguments.js';
import { isTransient } from '../src/initialise.js';
import { isSecretLooking, secretTexts, withoutSecrets } from '../src/known-secrets.js';
import { openOutputs, outputsInPlan } from '../src/module-outputs.js';
import { pack, unpack } from '../src/parcel.js';
import { openSession, toolEnvironment } from '../src/session.js';
import { preferenceOf } from '../src/tool.js';

describe('what the tool is asked', () => {
  it('initialises for this state alone, with the providers that are locked', () => {
    expect(initArguments({ hasLockFile: true, backendFile: '/t/b' })).toEqual([
      'init',
      '-input=false',
      '-no-color',
      '-reconfigure',
      '-lockfile=readonly',
      '-backend-config=/t/b',
    ]);
    expect(initArguments({ hasLockFile: false })).not.toContain('-lockfile=readonly');
  });

  it('plans into a file', () => {
    const facts = { planPath: '/t/p', varFiles: ['a b.tfvars'], lockTimeout: 90_000, destroy: false };
    expect(planArguments(facts)).not.toContain('-destroy');
    expect(planArguments(facts)).toEqual(
      expect.arrayContaining([
        '-out=/t/p',
        '-var-file=a b.tfvars',
        '-lock-timeout=90s',
        '-detailed-exitcode',
      ]),
    );
  });

  it('applies a file and never approves by itself', () => {
    const args = applyArguments({ planPath: '/t/p', lockTimeout: 1000 });
    expect(args.at(-1)).toBe('/t/p');
    expect(args.join(' ')).not.toContain('auto-approve');
  });
});

describe('backend settings', () => {
  it.each([
    ['plain', '"plain"'],
    ['a "quote" and \\', '"a \\"quote\\" and \\\\"'],
    ['${path}', '"$${path}"'],
    ['%{ if x }', '"%%{ if x }"'],
    ['x\ny = "z"', '"x\\ny = \\"z\\""'],
  ])('%j is %s', (value, expected) => expect(hclString(value)).toBe(expected));

  it('has one line for each, whatever the values hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 5 }), (values) => {
        const settings = new Map(values.map((value, index) => [`k${index}`, value]));
        expect(backendFile(settings).split('\n')).toHaveLength(values.length + 1);
      }),
    );
  });
});

describe('the environment of the tool', () => {
  const env = toolEnvironment({ variables: new Map([['size', '3']]), workspace: 'w' }, '/cache');

  it('keeps the token for artifacts from code that planning runs', async () => {
    vi.stubEnv('ACTIONS_RUNTIME_TOKEN', 'key');
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    const print = ['-e', 'console.log(JSON.stringify(process.env))'];
    const { stdout } = await run(process.execPath, print, { show: 'never', env });
    vi.unstubAllEnvs();
    expect(JSON.parse(stdout)).toMatchObject({ AWS_REGION: 'eu-central-1', TF_INPUT: '0' });
    expect(JSON.parse(stdout)).not.toHaveProperty('ACTIONS_RUNTIME_TOKEN');
  });

  it('hands variables on, and lets no TF_WORKSPACE contradict the input', () => {
    expect(env).toMatchObject({
      TF_VAR_size: '3',
      TF_IN_AUTOMATION: '1',
      TF_INPUT: '0',
      TF_WORKSPACE: undefined,
    });
  });
});

it('keeps plans in a folder that nobody else can read', () => {
  vi.stubEnv('RUNNER_TEMP', mkdtempSync(join(tmpdir(), 'fairway-scratch-')));
  vi.stubEnv('TF_PLUGIN_CACHE_DIR', undefined);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const inputs = {
    variables: new Map(),
    backendConfig: new Map(),
    workspace: '',
    workingDirectory: '/w',
    timeout: 1,
  } as never;
  const { scratch } = openSession({ path: 'terraform', product: 'Terraform', version: '1.11.4' }, inputs);
  expect(statSync(scratch).mode & 0o777).toBe(0o700);
});

describe('which tool the code asks for', () => {
  const cases: [string, Record<string, string>, object][] = [
    ['nothing', { 'main.tf': '' }, {}],
    [
      'a version of Terraform',
      { '.terraform-version': 'v1.11.4\n' },
      { program: 'terraform', version: '1.11.4' },
    ],
    ['a version of OpenTofu', { '.opentofu-version': '1.12.6' }, { program: 'tofu', version: '1.12.6' }],
    ['latest', { '.terraform-version': 'latest:^1.9' }, { program: 'terraform' }],
    ['files that only OpenTofu reads', { 'main.tofu': '' }, { program: 'tofu' }],
  ];
  it.each(cases)('%s', (_, files, expected) => {
    const root = mkdtempSync(join(tmpdir(), 'fairway-tool-'));
    const folder = join(root, 'infra', 'live');
    mkdirSync(folder, { recursive: true });
    // Version files count from folders above, too.
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(name.startsWith('.') ? root : folder, name), content);
    }
    expect(preferenceOf(folder, root)).toEqual(expected);
  });
});

describe('what may be tried again', () => {
  it.each([
    ['Error: could not query registry: Get "https://r/": dial tcp: i/o timeout', true],
    ['read: connection reset by peer', true],
    ['unexpected status 503 Service Unavailable', true],
    ['Error: Failed to query available provider packages: no available releases match', false],
    ['StatusCode: 403, AccessDenied', false],
    ['No valid credential sources found', false],
  ])('%s: %s', (stderr, expected) =>
    expect(isTransient({ stderr, stdout: '', timedOut: false })).toBe(expected),
  );
});

describe('outputs', () => {
  it('drops what is sensitive, unknown, or does not say', () => {
    const outputs = {
      a: { sensitive: false, value: { x: [1] } },
      b: { sensitive: true, value: 'the secret value' },
      c: { sensitive: false },
      d: { value: 'says nothing' },
      e: { sensitive: false, value: null },
      // Masked, it would blot out the log.
      g: { sensitive: true, value: ['true'] },
    };
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    onTestFinished(() => written.mockRestore());
    expect(openOutputs(outputs)).toEqual({ a: { x: [1] }, e: null });
    expect(written.mock.calls.map(([text]) => String(text).trim())).toContain('::add-mask::the secret value');
    expect(written.mock.calls.map(([text]) => String(text).trim())).not.toContain('::add-mask::true');
    // GitHub drops an output with the text of a secret, and for its sake all the others.
    const known = { ...outputs, f: { sensitive: false, value: ['postgres://me:the-pass@host'] } };
    expect(openOutputs(known, ['the-pass'])).toEqual({ a: { x: [1] }, e: null });
    expect(outputsInPlan({ planned_values: { outputs } })).toEqual({ a: { x: [1] }, e: null });
    expect(outputsInPlan({})).toEqual({});
  });
});

describe('known secrets', () => {
  it.each([
    [
      'in the environment',
      'denied for wJalrXUtnFEMI',
      { AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI' },
      'denied for ***',
    ],
    [
      'a line of several',
      'x line-two-of-it y',
      { TF_VAR_private_key: 'line-one-of-it\nline-two-of-it' },
      'x *** y',
    ],
    ['a name that says nothing', 'eu-west-1 here', { AWS_REGION: 'eu-west-1 here' }, 'eu-west-1 here'],
    ['too short to hide', 'true', { DB_PASSWORD: 'true' }, 'true'],
  ])('%s', (_, text, env, expected) => expect(withoutSecrets(text, secretTexts(env))).toBe(expected));

  it.each([
    ['db_password', true],
    ['PGPASSWORD', true],
    ['AWS_SECRET_ACCESS_KEY', true],
    ['conn_str', true],
    ['sas_token', true],
    ['DB_PASS', true],
    // About a secret, or only spelled like one: their values are words that stand everywhere.
    ['secret_name', false],
    ['token-url', false],
    ['password_length', false],
    ['disaster_recovery', false],
    ['private_subnets', false],
    ['bypass', false],
  ])('%s is one: %s', (name, expected) => expect(isSecretLooking(name)).toBe(expected));
});

it('packs a plan with its lock file', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (plan, lockFile) => {
      const parcel = unpack(pack({ plan: Buffer.from(plan), lockFile: Buffer.from(lockFile) }));
      expect([...parcel.plan]).toEqual([...plan]);
      expect([...parcel.lockFile]).toEqual([...lockFile]);
    }),
  );
});
