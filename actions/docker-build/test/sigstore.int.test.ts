// Against the real servers of Sigstore. They are not prepared for the demonstration, and stand in a folder of their own:
//   SIGSTORE_PROGRAMS=/some/folder npx vitest run -c vitest.int.config.ts test/sigstore.int.test.ts
// In copies of the modules' sources, as Go's proxy has them (CGO_ENABLED=0 go build -o /some/folder/NAME PACKAGE):
//   fulcio              github.com/sigstore/fulcio@v1.8.8                      .
//   ct_server           github.com/google/certificate-transparency-go@v1.3.3   ./trillian/ctfe/ct_server
//   rekor-server        github.com/sigstore/rekor@v1.5.3                       ./cmd/rekor-server
//   trillian_memory     github.com/google/trillian@v1.8.0                      real/trillian-memory/main.go, put into ./cmd
//   rekor-server-posix  github.com/sigstore/rekor-tiles/v2@v2.3.0              ./cmd/rekor-server/posix
//   timestamp-server    github.com/sigstore/timestamp-authority/v2@v2.1.5      ./cmd/timestamp-server
// A few minutes' work, most of it for drivers of clouds' key stores (imports of `signature/kms/…` and of `gocloud.dev`),
// which may be left out: the keys are made anew in memory.
import { type OidcService, type SigstoreService, startOidc, startSigstore } from '@fairway/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bothSides, identity } from './real/both-sides.ts';
import { cosign, missing } from './real/parts.ts';
import { startLossyProxy } from './real/servers.ts';
import { missingServers, type RealSigstore, startRealSigstore } from './real/sigstore.ts';
import { Workshop } from './real/workshop.ts';

const noCosign = cosign === undefined ? 'cosign (node packages/local/lib/cli/tools.js cosign)' : '';

describe.each([1, 2] as const)('signing without a key, at the real Fulcio and Rekor %i', (version) => {
  const lacking = missing || noCosign || missingServers(version);
  let shop: Workshop;
  let oidc: OidcService;
  let sigstore: RealSigstore;
  let stranger: SigstoreService;

  beforeAll(async () => {
    if (lacking !== '') return;
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

  it.skipIf(lacking !== '')(
    `is taken by cosign and by us${lacking && ` (missing: ${lacking})`}`,
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

  it.skipIf(lacking !== '')('what another Sigstore vouches for is refused', async () => {
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

  it.skipIf(lacking !== '')('we take what cosign signs there', async () => {
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
  it.skipIf(lacking !== '' || version === 1)('signs again where the answer of the log was lost', async () => {
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

  it.skipIf(lacking !== '')('a token of an unknown issuer gets no certificate, and says so', async () => {
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
