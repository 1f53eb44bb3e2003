import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { certificates } from './real/certificates.ts';
import { missing, type Part, startBuildkit, startRegistry, user } from './real/parts.ts';
import { Workshop } from './real/workshop.ts';

const pair = () =>
  generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

describe.skipIf(missing !== '')(`what can be trusted${missing && ` (missing: ${missing})`}`, () => {
  let shop: Workshop;
  const ours = pair();
  const theirs = pair();

  beforeAll(async () => {
    shop = await Workshop.open();
  });
  afterAll(() => shop?.close());
  beforeEach(() => shop.freshWorkspace());

  describe('a signature', () => {
    const verify = (image: string, digests: string, more: Record<string, string> = {}) =>
      shop.run({ image, digests, phase: 'verify', 'verify-key': ours.publicKey, ...more });

    it('of this pipeline is found and believed', async () => {
      const image = `${shop.registry}/acme/signed`;
      const built = await shop.run({ image, push: 'true', 'sign-key': ours.privateKey });
      expect(built.errors).toEqual([]);
      const { digest = '' } = built.outputs;
      expect(built.outputs.signature).toBe(`${image}:${digest.replace(':', '-')}.sig`);
      expect(built.log).not.toContain('PRIVATE KEY');
      const verified = await verify(image, digest);
      expect(verified.errors).toEqual([]);
      expect(verified.outputs).toMatchObject({
        result: 'success',
        digest,
        reference: `${image}@${digest}`,
        pushed: 'false',
      });
      expect(verified.summary).toContain('Image verified');
    });

    it('of another key, of another repository, for another branch, or missing, is refused', async () => {
      const image = `${shop.registry}/acme/doubted`;
      const built = await shop.run({ image, push: 'true', 'sign-key': theirs.privateKey });
      const { digest = '' } = built.outputs;
      expect((await verify(image, digest)).errors).toEqual([
        expect.stringMatching(/it was made with another key[\s\S]*Do not deploy/),
      ]);

      const again = await shop.run({ image, push: 'true', tags: 'again', 'sign-key': ours.privateKey });
      expect(again.outputs.digest).not.toBe('');
      const other = await verify(image, again.outputs.digest ?? '', {
        'verify-claims': 'repository=acme/other',
      });
      expect(other.errors).toEqual([
        expect.stringContaining("its repository is 'acme/photo-app', not 'acme/other'"),
      ]);
      const branch = await verify(image, again.outputs.digest ?? '', {
        'verify-claims': 'ref=refs/heads/release',
      });
      expect(branch.errors).toEqual([
        expect.stringContaining("its ref is 'refs/heads/main', not 'refs/heads/release'"),
      ]);
      expect(branch.outputs.result).toBe('failure');

      await shop.write('hello', 'unsigned\n');
      const unsigned = await shop.run({ image, push: 'true' });
      expect((await verify(image, unsigned.outputs.digest ?? '')).errors).toEqual([
        expect.stringContaining('is not signed.'),
      ]);
    });

    it('stands beside an earlier one', async () => {
      const image = `${shop.registry}/acme/twice`;
      const first = await shop.run({
        image,
        push: 'true',
        layout: join(shop.workspace, 'out'),
        'sign-key': theirs.privateKey,
      });
      expect(first.errors).toEqual([]);
      const second = await shop.run({
        image,
        phase: 'push',
        layout: join(shop.workspace, 'out'),
        'sign-key': ours.privateKey,
      });
      expect(second.outputs.digest).toBe(first.outputs.digest);
      expect((await verify(image, first.outputs.digest ?? '')).errors).toEqual([]);
      const byThem = await verify(image, first.outputs.digest ?? '', { 'verify-key': theirs.publicKey });
      expect(byThem.errors).toEqual([]);
    });

    it('moved to another image does not count', async () => {
      const [image, elsewhere] = [`${shop.registry}/acme/from`, `${shop.registry}/acme/to`];
      const layout = join(shop.workspace, 'out');
      const built = await shop.run({ image, push: 'true', layout, 'sign-key': ours.privateKey });
      const { digest = '' } = built.outputs;
      await shop.run({ image: elsewhere, phase: 'push', layout });
      const tag = `${digest.replace(':', '-')}.sig`;
      const manifest = await shop.json(`acme/from/manifests/${tag}`);
      for (const blob of [manifest.config, ...manifest.layers]) {
        const mount = `acme/to/blobs/uploads/?mount=${blob.digest}&from=acme/from`;
        expect((await fetch(`http://${shop.registry}/v2/${mount}`, { method: 'POST' })).status).toBe(201);
      }
      const put = await fetch(`http://${shop.registry}/v2/acme/to/manifests/${tag}`, {
        method: 'PUT',
        headers: { 'content-type': manifest.mediaType },
        body: JSON.stringify(manifest),
      });
      expect(put.status).toBe(201);
      expect((await verify(elsewhere, digest)).errors).toEqual([
        expect.stringContaining(`it was made for ${image}`),
      ]);
    });

    it('is not even tried with a key that cannot be read', async () => {
      const result = await shop.run({
        image: `${shop.registry}/acme/x`,
        push: 'true',
        'sign-key': 'not-a-key-1234',
      });
      expect(result.errors).toEqual([expect.stringMatching(/'sign-key' cannot be used[\s\S]*openssl/)]);
      expect(result.log).not.toContain('▸');
    });
  });

  it('what one step built and another looked at is pushed by a third, unchanged', async () => {
    const image = `${shop.registry}/acme/relay`;
    const built = await shop.run({ image, layout: join(shop.workspace, 'out') });
    expect(built.outputs).toMatchObject({
      result: 'success',
      pushed: 'false',
      layout: join(shop.workspace, 'out'),
    });
    expect((await shop.fetch('acme/relay/tags/list')).status).toBe(404);
    const pushed = await shop.run({
      image,
      phase: 'push',
      layout: 'out',
      digests: built.outputs.digest ?? '',
    });
    expect(pushed.errors).toEqual([]);
    expect(await shop.digestOf('acme/relay', 'main')).toBe(built.outputs.digest);
    const wrong = await shop.run({
      image,
      phase: 'push',
      layout: 'out',
      digests: `sha256:${'0'.repeat(64)}`,
    });
    expect(wrong.errors).toEqual([expect.stringMatching(/it does not hold sha256:0+ whole/)]);
  });

  it('a BuildKit behind mutual TLS builds for who has its key, and for nobody else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tls-'));
    let far: Part | undefined;
    try {
      const tls = certificates(folder);
      far = await startBuildkit({
        ca: join(folder, 'ca.pem'),
        cert: join(folder, 'server.pem'),
        key: join(folder, 'server.key'),
      });
      const image = `${shop.registry}/acme/far`;
      const given = { 'builder-ca': tls.ca, 'builder-cert': tls.cert, 'builder-key': tls.key };
      const result = await shop.run({ image, push: 'true', builder: far.address, ...given });
      expect(result.errors).toEqual([]);
      expect(await shop.digestOf('acme/far', 'main')).toBe(result.outputs.digest);
      expect(result.log).not.toContain('PRIVATE KEY');
      const stranger = await shop.run({ image, builder: far.address });
      expect(stranger.errors).toEqual([expect.stringMatching(/builder cannot be reached/)]);
    } finally {
      await far?.stop();
      rmSync(folder, { recursive: true });
    }
  });

  describe('a registry whose certificate comes from a private authority', () => {
    let folder: string;
    let ca: string;
    let closed: Part;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'registry-tls-'));
      ({ ca } = certificates(folder));
      const tls = { certificate: join(folder, 'server.pem'), key: join(folder, 'server.key') };
      closed = await startRegistry({ guarded: true, tls });
    });
    afterAll(async () => {
      await closed?.stop();
      rmSync(folder, { recursive: true });
    });

    it('gets the image, its signature and its verification from who trusts that', async () => {
      const image = `${closed.address}/acme/private`;
      const shared = { image, 'registry-insecure': 'false', 'registry-ca': ca, ...user };
      const built = await shop.run({ ...shared, push: 'true', cache: 'none', 'sign-key': ours.privateKey });
      expect(built.errors).toEqual([]);
      expect(built.outputs).toMatchObject({ pushed: 'true', result: 'success' });
      const { digest = '' } = built.outputs;
      const verified = await shop.run({
        ...shared,
        phase: 'verify',
        digests: digest,
        'verify-key': ours.publicKey,
      });
      expect(verified.errors).toEqual([]);
    });

    it('whose layer cache the builder cannot reach, is pushed to all the same', async () => {
      const image = `${closed.address}/acme/uncached`;
      const shared = { image, 'registry-insecure': 'false', 'registry-ca': ca, ...user };
      const built = await shop.run({ ...shared, push: 'true' });
      expect(built.errors).toEqual([]);
      expect(built.outputs.pushed).toBe('true');
    });

    it('gets nothing from who does not, or is given no certificate', async () => {
      const shared = { image: `${closed.address}/acme/private`, 'registry-insecure': 'false', ...user };
      const stranger = await shop.run({ ...shared, push: 'true', 'scan-command': 'true' });
      expect(stranger.errors).toEqual([expect.stringMatching(/cannot be reached: .*certificate/)]);
      const wrong = await shop.run({ ...shared, 'registry-ca': 'not-a-certificate' });
      expect(wrong.errors).toEqual([expect.stringMatching(/'registry-ca' is no certificate in PEM form/)]);
    });
  });
});
