// Against the real servers of Sigstore, which are built for this alone (SIGSTORE_PROGRAMS names a folder of others).
import { type OidcService, type SigstoreService, startOidc, startSigstore } from '@fairway/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bothSides, identity } from './real/both-sides.ts';
import { missing } from './real/parts.ts';
import { startLossyProxy } from './real/servers.ts';
import { type RealSigstore, startRealSigstore } from './real/sigstore.ts';
import { Workshop } from './real/workshop.ts';

describe.each([1, 2] as const)('signing without a key, at the real Fulcio and Rekor %i', (version) => {
  let shop: Workshop;
  let oidc: OidcService;
  let sigstore: RealSigstore;
  let stranger: SigstoreService;

  beforeAll(async () => {
    if (missing !== '') return;
    oidc = await startOidc();
    stranger = await startSigstore(oidc);
    [shop, sigstore] = await Promise.all([Workshop.open(), startRealSigstore(oidc.issuer, version)]);
    await shop.freshWorkspace();
    await shop.write('signing_config.json', sigstore.signingConfig);
    await shop.write('trusted_root.json', sigstore.trustedRoot);
  }, 120_000);
  afterAll(() => Promise.all([shop?.close(), oidc?.close(), sigstore?.close(), stranger?.close()]));

  const { run, byCosign, byUs } = bothSides(() => ({ shop, issuer: oidc.issuer }));

  const signed = async (image: string, config = 'signing_config.json') => {
    const built = await shop.run(
      { image, push: 'true', 'sign-keyless': 'true', 'sigstore-signing-config': config },
      { env: oidc.env },
    );
    expect(built.errors).toEqual([]);
    const { reference = '', digest = '' } = built.outputs;
    return { reference, digest, log: built.log };
  };

  it.skipIf(missing !== '')(
    `is taken by cosign and by us${missing && ` (missing: ${missing})`}`,
    async () => {
      const image = `${shop.registry}/acme/ours-${version}`;
      const { reference, digest, log } = await signed(image);
      expect(log).toContain(`Signed ${digest} as ${identity}`);
      for (const bundle of version === 1 ? [true, false] : [true]) {
        const form = `--new-bundle-format=${bundle}`;
        const taken = await byCosign(reference, form, '--certificate-identity', identity);
        expect(taken, taken.said).toMatchObject({ exitCode: 0, said: expect.stringContaining(digest) });
        const other = await byCosign(reference, form, '--certificate-identity', `${identity}x`);
        expect(other.exitCode).not.toBe(0);
      }
      const claims =
        'repository=acme/photo-app\nowner=acme\nref=refs/heads/main\nsha=4d1f0c3e5b6a79880123456789abcdef01234567\nworkflow=acme/photo-app/.github/workflows/ci.yml@refs/heads/main\ntrigger=push\nvisibility=private\nrunner-environment=github-hosted';
      const taken = await byUs(image, digest, { 'verify-claims': claims });
      expect(taken.errors).toEqual([]);
      expect(taken.log).toContain(`${digest} is signed by ${identity}`);
      const refusals: readonly [Record<string, string>, string][] = [
        [{ 'verify-claims': 'repository=acme/other' }, "its repository is 'acme/photo-app'"],
        [{ 'verify-identity': 'https://github.com/acme/other/*' }, `its identity is '${identity}'`],
        [
          { 'verify-issuer': 'https://token.actions.githubusercontent.com' },
          `its issuer is '${oidc.issuer}'`,
        ],
      ];
      for (const [inputs, words] of refusals) {
        expect((await byUs(image, digest, inputs)).errors).toEqual([expect.stringContaining(words)]);
      }
    },
  );

  it.skipIf(missing !== '')('what another Sigstore vouches for is refused', async () => {
    const image = `${shop.registry}/acme/stranger-${version}`;
    const { digest } = await signed(image);
    const [root, other] = [JSON.parse(sigstore.trustedRoot), JSON.parse(stranger.trustedRoot)];
    const { certificateAuthorities, ctlogs, tlogs } = other;
    // The same log, as far as its name goes.
    const [log] = root.tlogs;
    const forged = { ...log, publicKey: { ...log.publicKey, ...tlogs[0].publicKey } };
    const roots = { certificateAuthorities, ctlogs, tlogs, forged: [forged] };
    for (const [name, value] of Object.entries(roots)) {
      const changed = { ...root, [name === 'forged' ? 'tlogs' : name]: value };
      await shop.write(`${name}.json`, JSON.stringify(changed));
      const refused = await byUs(image, digest, { 'sigstore-trusted-root': `${name}.json` });
      expect(refused.errors, name).toEqual([expect.stringContaining('it cannot be verified')]);
    }
  });

  it.skipIf(missing !== '')('we take what cosign signs there', async () => {
    const image = `${shop.registry}/acme/theirs-${version}`;
    const { reference = '', digest = '' } = (await shop.run({ image, push: 'true' })).outputs;
    const made = await run(
      ...['sign', '--yes', '--allow-insecure-registry', '--identity-token', await oidc.sign('sigstore')],
      ...['--signing-config', 'signing_config.json', '--trusted-root', 'trusted_root.json', reference],
    );
    expect(made, made.said).toMatchObject({ exitCode: 0 });
    expect((await byUs(image, digest)).errors).toEqual([]);
  });

  // Not with the first: the memory that stands in for Trillian's database does not know what it has.
  it.skipIf(missing !== '' || version === 1)('signs again where the answer of the log was lost', async () => {
    const lossy = await startLossyProxy(sigstore.rekor);
    try {
      await shop.write('lossy.json', sigstore.signingConfig.replaceAll(sigstore.rekor, lossy.url));
      const image = `${shop.registry}/acme/lost-${version}`;
      const { digest } = await signed(image, 'lossy.json');
      expect(lossy.answers).toEqual(['POST 201', 'POST 409', 'POST 201']);
      expect((await byUs(image, digest)).errors).toEqual([]);
    } finally {
      await lossy.close();
    }
  });

  it.skipIf(missing !== '')('a token of an unknown issuer gets no certificate, and says so', async () => {
    const image = `${shop.registry}/acme/none-${version}`;
    const elsewhere = await startOidc();
    try {
      const refused = await shop.run(
        { image, push: 'true', 'sign-keyless': 'true', 'sigstore-signing-config': 'signing_config.json' },
        { env: elsewhere.env },
      );
      expect(refused.errors).toEqual([
        expect.stringContaining('The certificate authority (Fulcio) answered 4'),
      ]);
      expect(refused.errors.join()).toContain('github-workflow');
    } finally {
      await elsewhere.close();
    }
  });
});
