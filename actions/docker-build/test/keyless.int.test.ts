import { type OidcService, type SigstoreService, startOidc, startSigstore } from '@fairway/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bothSides, identity } from './real/both-sides.ts';
import { missing } from './real/parts.ts';
import { Workshop } from './real/workshop.ts';

const tagOf = (digest: string) => `${digest.replace(':', '-')}.sig`;

describe.skipIf(missing !== '')(
  `signing without a key, beside the real cosign${missing && ` (missing: ${missing})`}`,
  () => {
    let shop: Workshop;
    let oidc: OidcService;
    let sigstore: SigstoreService;

    beforeAll(async () => {
      shop = await Workshop.open();
      oidc = await startOidc();
      sigstore = await startSigstore(oidc);
    });
    afterAll(() => Promise.all([shop?.close(), oidc?.close(), sigstore?.close()]));
    beforeEach(async () => {
      await shop.freshWorkspace();
      await shop.write('signing_config.json', sigstore.signingConfig);
      await shop.write('trusted_root.json', sigstore.trustedRoot);
    });

    const { run, byCosign, byUs } = bothSides(() => ({ shop, issuer: oidc.issuer }));

    it('cosign takes ours, in both forms, and so do we', async () => {
      const image = `${shop.registry}/acme/ours`;
      const built = await shop.run(
        { image, push: 'true', 'sign-keyless': 'true', 'sigstore-signing-config': 'signing_config.json' },
        { env: oidc.env },
      );
      expect(built.errors).toEqual([]);
      const { reference = '', digest = '' } = built.outputs;
      expect(built.log).toContain(`Signed ${digest} as ${identity}`);
      for (const form of ['--new-bundle-format=true', '--new-bundle-format=false']) {
        const taken = await byCosign(reference, form, '--certificate-identity', identity);
        expect(taken, taken.said).toMatchObject({ exitCode: 0, said: expect.stringContaining(digest) });
        expect((await byCosign(reference, form, '--certificate-identity', `${identity}x`)).exitCode).not.toBe(
          0,
        );
      }
      const taken = await byUs(image, digest, { 'verify-claims': 'ref=refs/heads/main' });
      expect(taken.errors).toEqual([]);
      expect(taken.log).toContain(`${digest} is signed by ${identity}`);
      const elsewhere = await byUs(image, digest, { 'verify-claims': 'repository=acme/other' });
      expect(elsewhere.errors).toEqual([expect.stringContaining("its repository is 'acme/photo-app'")]);
    });

    it('a job of its own signs what was pushed, and only what is there', async () => {
      const image = `${shop.registry}/acme/later`;
      const built = await shop.run({ image, push: 'true' });
      const { digest = '' } = built.outputs;
      const sign = (digests: string) =>
        shop.run(
          {
            ...{ image, digests, phase: 'sign', 'sign-keyless': 'true' },
            'sigstore-signing-config': 'signing_config.json',
          },
          { env: oidc.env },
        );
      const signed = await sign(digest);
      expect(signed.errors).toEqual([]);
      expect(signed.outputs).toMatchObject({
        result: 'success',
        digest,
        signature: `${image}:${tagOf(digest)}`,
      });
      expect((await byUs(image, digest)).errors).toEqual([]);
      const nothing = await sign(`sha256:${'0'.repeat(64)}`);
      expect(nothing.errors).toEqual([expect.stringContaining('The registry does not have sha256:000')]);
    });

    it.each(['true', 'false'])('we take cosign’s (bundle: %s)', async (bundle) => {
      const image = `${shop.registry}/acme/theirs-${bundle}`;
      const built = await shop.run({ image, push: 'true' });
      const { reference = '', digest = '' } = built.outputs;
      const unsigned = await byUs(image, digest);
      expect(unsigned.errors).toEqual([expect.stringContaining('is not signed')]);
      const form =
        bundle === 'true'
          ? ['--signing-config', 'signing_config.json']
          : [
              ...[
                '--use-signing-config=false',
                '--new-bundle-format=false',
                '--trusted-root',
                'trusted_root.json',
              ],
              ...['--fulcio-url', sigstore.url, '--rekor-url', sigstore.url],
            ];
      const signed = await run(
        ...['sign', '--yes', '--allow-insecure-registry', '--identity-token', await oidc.sign('sigstore')],
        ...[...form, reference],
      );
      expect(signed, signed.said).toMatchObject({ exitCode: 0 });
      const taken = await byUs(image, digest);
      expect(taken.errors).toEqual([]);
      const stranger = await byUs(image, digest, { 'verify-identity': 'https://github.com/acme/other/*' });
      expect(stranger.errors).toEqual([expect.stringContaining(`its identity is '${identity}'`)]);
    });
  },
);
