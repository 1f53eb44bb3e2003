import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cosign } from './real/cosign.ts';
import { missing } from './real/parts.ts';
import { Workshop } from './real/workshop.ts';

interface Pair {
  readonly privateKey: string;
  readonly publicKey: string;
}

const inPem = ({ privateKey, publicKey }: KeyPairKeyObjectResult): Pair => ({
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
});
const pairs = {
  ECDSA: () => inPem(generateKeyPairSync('ec', { namedCurve: 'prime256v1' })),
  RSA: () => inPem(generateKeyPairSync('rsa', { modulusLength: 2048 })),
  Ed25519: () => inPem(generateKeyPairSync('ed25519')),
};

describe.skipIf(missing !== '')(`beside the real cosign${missing && ` (missing: ${missing})`}`, () => {
  let shop: Workshop;

  beforeAll(async () => {
    shop = await Workshop.open();
  });
  afterAll(() => shop?.close());
  beforeEach(() => shop.freshWorkspace());

  function run(...args: string[]): { readonly exitCode: number; readonly said: string } {
    const env = { PATH: process.env.PATH, HOME: shop.workspace, COSIGN_PASSWORD: 'only-for-the-test' };
    try {
      const said = execFileSync(cosign, args, {
        cwd: shop.workspace,
        encoding: 'utf8',
        env,
        stdio: 'pipe',
      });
      return { exitCode: 0, said };
    } catch (error) {
      const { status, stderr } = error as { status: number; stderr: string };
      return { exitCode: status, said: stderr };
    }
  }

  const verify = (key: string, reference: string, ...more: string[]) =>
    run('verify', '--key', key, '--insecure-ignore-tlog', '--allow-insecure-registry', ...more, reference);

  it.each(Object.entries(pairs))(
    'it takes our signature with an %s key, and the claims in it',
    async (kind, pair) => {
      const ours = pair();
      const image = `${shop.registry}/acme/${kind.toLowerCase()}`;
      const built = await shop.run({ image, push: 'true', 'sign-key': ours.privateKey });
      expect(built.errors).toEqual([]);
      await shop.write('key.pub', ours.publicKey);
      await shop.write('other.pub', pair().publicKey);
      const { reference = '', digest = '' } = built.outputs;
      const verified = verify('key.pub', reference);
      expect(verified).toMatchObject({ exitCode: 0, said: expect.stringContaining(digest) });
      expect(verify('key.pub', reference, '--annotations', 'repository=acme/photo-app').exitCode).toBe(0);
      expect(verify('key.pub', reference, '--annotations', 'repository=acme/other').exitCode).not.toBe(0);
      expect(verify('other.pub', reference).exitCode).not.toBe(0);
    },
  );

  it('we take its signature, and refuse it for other claims', async () => {
    const image = `${shop.registry}/acme/by-cosign`;
    const built = await shop.run({ image, push: 'true' });
    expect(run('generate-key-pair').exitCode).toBe(0);
    const plain = ['--tlog-upload=false', '--use-signing-config=false', '--new-bundle-format=false'];
    const signed = run(
      ...['sign', '--yes', '--key', 'cosign.key', ...plain, '--allow-insecure-registry'],
      ...['--annotations', 'repository=acme/photo-app', '--annotations', 'ref=refs/heads/main'],
      built.outputs.reference ?? '',
    );
    expect(signed, signed.said).toMatchObject({ exitCode: 0 });
    const check = (more: Record<string, string>) =>
      shop.run({ image, phase: 'verify', digests: built.outputs.digest ?? '', ...more });
    const key = await readFile(join(shop.workspace, 'cosign.pub'), 'utf8');
    const taken = await check({ 'verify-key': key, 'verify-claims': 'ref=refs/heads/main' });
    expect(taken.errors).toEqual([]);
    expect(taken.outputs.result).toBe('success');
    const branch = await check({ 'verify-key': key, 'verify-claims': 'ref=refs/heads/release' });
    expect(branch.errors).toEqual([expect.stringContaining("its ref is 'refs/heads/main'")]);
    const stranger = await check({ 'verify-key': pairs.ECDSA().publicKey });
    expect(stranger.errors).toEqual([expect.stringContaining('it was made with another key')]);
  });

  it('we take its default form too, a bundle that refers to the image', async () => {
    const image = `${shop.registry}/acme/bundled`;
    const built = await shop.run({ image, push: 'true' });
    expect(run('generate-key-pair').exitCode).toBe(0);
    const nobody = '{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json"}';
    await shop.write('nobody.json', nobody);
    const signed = run(
      ...['sign', '--yes', '--key', 'cosign.key', '--signing-config', 'nobody.json'],
      ...['--allow-insecure-registry', '--annotations', 'repository=acme/photo-app'],
      built.outputs.reference ?? '',
    );
    expect(signed, signed.said).toMatchObject({ exitCode: 0 });
    const check = (key: string) =>
      shop.run({ image, phase: 'verify', digests: built.outputs.digest ?? '', 'verify-key': key });
    const taken = await check(await readFile(join(shop.workspace, 'cosign.pub'), 'utf8'));
    expect(taken.errors).toEqual([]);
    const stranger = await check(pairs.ECDSA().publicKey);
    expect(stranger.errors).toEqual([expect.stringContaining('it was made with another key')]);
  });

  it('its signature and ours stand beside each other', async () => {
    const ours = pairs.ECDSA();
    const image = `${shop.registry}/acme/both`;
    const built = await shop.run({ image, push: 'true', 'sign-key': ours.privateKey });
    expect(run('generate-key-pair').exitCode).toBe(0);
    const plain = ['--tlog-upload=false', '--use-signing-config=false', '--new-bundle-format=false'];
    const { reference = '', digest = '' } = built.outputs;
    const signed = run(
      'sign',
      '--yes',
      '--key',
      'cosign.key',
      ...plain,
      '--allow-insecure-registry',
      reference,
    );
    expect(signed, signed.said).toMatchObject({ exitCode: 0 });
    const still = await shop.run({ image, phase: 'verify', digests: digest, 'verify-key': ours.publicKey });
    expect(still.errors).toEqual([]);
    await shop.write('key.pub', ours.publicKey);
    expect(verify('key.pub', reference).exitCode).toBe(0);
    expect(verify('cosign.pub', reference).exitCode).toBe(0);
  });
});
