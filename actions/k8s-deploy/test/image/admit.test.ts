import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSigningConfig } from '@fairway/image-signature';
import { signKeyless } from '@fairway/image-signature/keyless-sign';
import { type BundleOptions, type BundleResult, runBundle, startOidc, startSigstore } from '@fairway/testing';
import { afterEach, beforeEach, expect, it, test } from 'vitest';
import { LoopbackApi } from '../api-server.ts';
import { LoopbackRegistry } from './loopback-registry.ts';

const action = fileURLToPath(new URL('../..', import.meta.url));
const ours = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const theirs = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const verifyKey = ours.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const here = { repository: 'acme/photo-app' };
const JOB = '/apis/batch/v1/namespaces/stage/cronjobs/nightly';

let api: LoopbackApi;
let registry: LoopbackRegistry;
let workspace: string;

beforeEach(async () => {
  api = await LoopbackApi.start();
  registry = await LoopbackRegistry.start();
  api.put('/api/v1/namespaces/stage', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'stage' } });
  workspace = mkdtempSync(join(tmpdir(), 'workspace-'));
});
afterEach(async () => {
  await api.stop();
  await registry.stop();
});

/** A release of one CronJob, whose image is written deep inside it. */
function manifest(image: string, more: object = {}): void {
  const containers = [{ name: 'app', image }];
  const template = { spec: { template: { spec: { containers, ...more } } } };
  const object = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly' },
    spec: { schedule: '0 3 * * *', jobTemplate: template },
  };
  writeFileSync(join(workspace, 'all.yaml'), JSON.stringify(object));
}

function step(inputs: BundleOptions['inputs']): Promise<BundleResult> {
  return runBundle({
    action,
    workspace,
    env: { GITHUB_REPOSITORY: here.repository },
    inputs: {
      manifests: 'all.yaml',
      kubeconfig: api.kubeconfig,
      release: 'web',
      'registry-insecure': true,
      ...inputs,
    },
  });
}

const errors = ({ commands }: BundleResult) =>
  commands.filter(({ name }) => name === 'error').map(({ message }) => message);
const written = () => JSON.stringify(api.object(JOB)?.spec ?? null).match(/"image":"([^"]+)"/)?.[1];
const touched = () => api.requests.filter(({ method }) => method !== 'GET' && method !== 'POST');

it('puts the digest of a tag in its place, and asks no registry of what has one', async () => {
  const digest = registry.push('acme/app', '1.2');
  manifest(`${registry.address}/acme/app:1.2`);
  const first = await step({ 'resolve-tags': true });
  expect(errors(first)).toEqual([]);
  expect(written()).toBe(`${registry.address}/acme/app:1.2@${digest}`);

  // The tag moves on: a new release, though no manifest has changed.
  const moved = registry.push('acme/app', '1.2 again');
  manifest(`${registry.address}/acme/app@${moved}`);
  registry.asked.length = 0;
  expect(errors(await step({ 'resolve-tags': true }))).toEqual([]);
  expect(written()).toBe(`${registry.address}/acme/app@${moved}`);
  expect(registry.asked).toEqual([]);
});

it('says of a tag that is not there which one, before anything changes', async () => {
  manifest(`${registry.address}/acme/app:nope`);
  const result = await step({ 'resolve-tags': true });
  expect(errors(result)).toEqual([
    expect.stringMatching(/has no image '127\.0\.0\.1:\d+\/acme\/app:nope'[\s\S]*What to do: Check the name/),
  ]);
  expect(touched()).toEqual([]);
});

it('runs what is signed, as the very digest that was verified, with the registry’s password', async () => {
  const digest = registry.push('acme/app', 'main');
  registry.sign('acme/app', digest, ours.privateKey, { ...here, ref: 'refs/heads/main' });
  registry.password = 'correct-horse';
  manifest(`${registry.address}/acme/app:main`);
  const result = await step({
    'verify-key': verifyKey,
    'verify-claims': 'ref=refs/heads/main',
    registry: registry.address,
    'registry-username': 'robot',
    'registry-password': 'correct-horse',
  });
  expect(errors(result)).toEqual([]);
  expect(written()).toBe(`${registry.address}/acme/app:main@${digest}`);
  expect(result.masks).toContain('correct-horse');
});

test.each<[string, (digest: string) => void, RegExp]>([
  [
    'unsigned',
    () => undefined,
    /acme\/app@sha256:\w+ is not signed[\s\S]*What to do: Deploy an image that this/,
  ],
  [
    'signed by another',
    (digest) => registry.sign('acme/app', digest, theirs.privateKey, here),
    /it was made with another key[\s\S]*What to do: Do not deploy it/,
  ],
  [
    'built by another repository',
    (digest) => registry.sign('acme/app', digest, ours.privateKey, { repository: 'evil/app' }),
    /its repository is 'evil\/app', not 'acme\/photo-app'/,
  ],
])('refuses what is %s, and changes nothing', async (_, prepare, message) => {
  const digest = registry.push('acme/app', 'main');
  prepare(digest);
  manifest(`${registry.address}/acme/app@${digest}`);
  const result = await step({ 'verify-key': verifyKey });
  expect(result.exitCode).toBe(1);
  expect(errors(result)).toEqual([expect.stringMatching(message)]);
  expect(touched()).toEqual([]);
});

it('runs what the right workflow signed without a key, and nothing of another', async () => {
  const oidc = await startOidc();
  const sigstore = await startSigstore(oidc);
  try {
    const digest = registry.push('acme/app', 'main');
    const services = parseSigningConfig(sigstore.signingConfig, new Date());
    const token = await oidc.sign('sigstore');
    const made = await signKeyless(`${registry.address}/acme/app`, digest, {}, { services, token });
    registry.refer('acme/app', digest, made.bundle);
    manifest(`${registry.address}/acme/app:main`);
    writeFileSync(join(workspace, 'trusted_root.json'), sigstore.trustedRoot);
    const verified = (identity: string) =>
      step({
        'verify-identity': identity,
        'verify-issuer': oidc.issuer,
        'sigstore-trusted-root': 'trusted_root.json',
      });
    const refused = await verified('https://github.com/acme/photo-app/.github/workflows/other.yml@*');
    expect(errors(refused)).toEqual([expect.stringContaining(`its identity is '${made.identity}'`)]);
    expect(touched()).toEqual([]);
    expect(errors(await verified('https://github.com/acme/photo-app/.github/workflows/ci.yml@*'))).toEqual(
      [],
    );
    expect(written()).toBe(`${registry.address}/acme/app:main@${digest}`);
  } finally {
    await Promise.all([oidc.close(), sigstore.close()]);
  }
});

it('takes an image without a registry for one of Docker Hub, where nobody named a registry', async () => {
  manifest('shop:1');
  const digest = `sha256:${'a'.repeat(64)}`;
  const login = { 'registry-username': 'octocat', 'registry-password': 'token' };
  expect(errors(await step({ images: `shop=acme/shop@${digest}`, ...login }))).toEqual([]);
  expect(written()).toBe(`acme/shop@${digest}`);
});

it('refuses a volume from an image that is not signed', async () => {
  const digest = registry.push('acme/app', 'main');
  registry.sign('acme/app', digest, ours.privateKey, here);
  const models = registry.push('acme/models', '3');
  const volumes = [{ name: 'models', image: { reference: `${registry.address}/acme/models@${models}` } }];
  manifest(`${registry.address}/acme/app@${digest}`, { volumes });
  const result = await step({ 'verify-key': verifyKey });
  expect(errors(result)).toEqual([expect.stringMatching(/acme\/models@sha256:\w+ is not signed/)]);
  expect(touched()).toEqual([]);
});

it('leaves alone what need not be signed', async () => {
  registry.push('vendor/cache', '7');
  manifest(`${registry.address}/vendor/cache:7`);
  const exempt = { 'verify-key': verifyKey, 'verify-images': `!${registry.address}/vendor/*` };
  expect(errors(await step(exempt))).toEqual([]);
  expect(written()).toBe(`${registry.address}/vendor/cache:7`);
  expect(registry.asked).toEqual([]);
});

test.each<[string, BundleOptions['inputs'], RegExp]>([
  [
    'a key and an identity',
    { 'verify-key': verifyKey, 'verify-identity': 'https://github.com/o/r/*' },
    /Both 'verify-key' and 'verify-identity'/,
  ],
  [
    'a trusted root that is none',
    { 'verify-identity': 'https://github.com/o/r/*', 'sigstore-trusted-root': 'all.yaml' },
    /The trusted root .*all\.yaml cannot be read: it names no certificate authority/,
  ],
  ['claims and no key', { 'verify-claims': 'sha=1' }, /'verify-claims' is given, and nothing says whose/],
  ['a password without a name', { 'registry-password': 'x' }, /'registry-username' is empty/],
  [
    'a password for no registry',
    { 'registry-username': 'me', 'registry-password': 'x' },
    /no registry that it is for[\s\S]*registry: ghcr\.io/,
  ],
  [
    'a pattern for an image that there is not',
    { 'verify-key': verifyKey, 'verify-images': 'ghcr.io/acme/app' },
    /'ghcr\.io\/acme\/app', and the manifests name no such image. They name: 127/,
  ],
  ['a key that is none', { 'verify-key': 'x' }, /'verify-key' cannot be used/],
])('cannot begin with %s', async (_, inputs, message) => {
  manifest(`${registry.address}/acme/app:1`);
  expect(errors(await step(inputs))).toEqual([expect.stringMatching(message)]);
  expect(touched()).toEqual([]);
});
