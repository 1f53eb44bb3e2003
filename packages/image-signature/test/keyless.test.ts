import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OidcService, type SigstoreService, startOidc, startSigstore } from '@fairway/testing';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { Bundle } from '../src/bundle.js';
import { type KeylessSignature, signKeyless } from '../src/keyless-sign.js';
import { keylessBundleFlaw, keylessSignatureFlaw } from '../src/keyless-verify.js';
import type { FoundSignature } from '../src/signature.js';
import { parseSigningConfig } from '../src/signing-config.js';
import { openTrust } from '../src/trust.js';
import type { KeylessTrust, Wanted } from '../src/verify.js';

const digest = `sha256:${'a'.repeat(64)}`;
const image = 'ghcr.io/acme/photo-app';
const identity = 'https://github.com/acme/photo-app/.github/workflows/ci.yml@refs/heads/main';
const wanted: Wanted = { image, digest, claims: { repository: 'acme/photo-app', ref: 'refs/heads/main' } };

let oidc: OidcService;
let sigstore: SigstoreService;
let stranger: SigstoreService;
let trust: KeylessTrust;
let theirs: KeylessTrust;
let made: KeylessSignature;

beforeAll(async () => {
  oidc = await startOidc();
  sigstore = await startSigstore(oidc, { timestamps: true });
  stranger = await startSigstore(oidc);
  trust = await trustIn(sigstore);
  theirs = await trustIn(stranger);
  made = await signedBy(sigstore);
});
afterAll(async () => {
  await Promise.all([oidc.close(), sigstore.close(), stranger.close()]);
});

async function trustIn({ trustedRoot }: SigstoreService): Promise<KeylessTrust> {
  const path = join(mkdtempSync(join(tmpdir(), 'root-')), 'trusted_root.json');
  writeFileSync(path, trustedRoot);
  const { keyless } = await openTrust({ verifyKey: '', identity, issuer: oidc.issuer, trustedRoot: path });
  if (!keyless) throw new Error('not keyless');
  return keyless;
}

async function signedBy(
  { signingConfig }: SigstoreService,
  claims: Record<string, string> = {},
): Promise<KeylessSignature> {
  const services = parseSigningConfig(signingConfig, new Date());
  const token = await oidc.sign('sigstore', claims);
  return signKeyless(image, digest, { repository: 'acme/photo-app' }, { services, token });
}

const bundleOf = ({ bundle }: KeylessSignature) => JSON.parse(bundle) as Bundle;
const simpleOf = ({ simple }: KeylessSignature): FoundSignature => {
  if (!simple) throw new Error('none');
  return simple;
};

it('is made out to the workflow, on record, and believed in both of its forms', () => {
  expect(made.identity).toBe(identity);
  expect(made.logIndex).toMatch(/^\d+$/);
  expect(keylessBundleFlaw(bundleOf(made), trust, wanted)).toBeUndefined();
  expect(keylessSignatureFlaw(simpleOf(made), trust, wanted)).toBeUndefined();
});

describe.each([
  [
    'bundle',
    (one: KeylessSignature, by: KeylessTrust, what: Wanted) => keylessBundleFlaw(bundleOf(one), by, what),
  ],
  [
    'tag',
    (one: KeylessSignature, by: KeylessTrust, what: Wanted) => keylessSignatureFlaw(simpleOf(one), by, what),
  ],
])('as a %s', (_, flaw) => {
  test.each<[string, Partial<KeylessTrust>, Partial<Wanted>, RegExp | undefined]>([
    ['any workflow of the repository', { identity: 'https://github.com/acme/photo-app/*' }, {}, undefined],
    [
      'another workflow',
      { identity: 'https://github.com/acme/photo-app/.github/workflows/other.yml@*' },
      {},
      /its identity is 'https:\/\/github\.com\/acme\/photo-app\/\.github\/workflows\/ci\.yml@refs\/heads\/main', not/,
    ],
    [
      'a name that the identity only begins with',
      { identity: 'https://github.com/acme/photo' },
      {},
      /its identity/,
    ],
    [
      'another issuer',
      { issuer: 'https://token.actions.githubusercontent.com' },
      {},
      /its issuer is 'http:\/\/127/,
    ],
    ['another digest', {}, { digest: `sha256:${'b'.repeat(64)}` }, /it signs another digest/],
    [
      'another repository',
      {},
      { claims: { repository: 'acme/other' } },
      /its repository is 'acme\/photo-app', not/,
    ],
    ['another commit', {}, { claims: { sha: 'f'.repeat(40) } }, /its sha is '4d1f0c3e/],
    [
      'all that the certificate says',
      {},
      {
        claims: {
          workflow: 'acme/photo-app/.github/workflows/ci.yml@refs/heads/main',
          run: 'https://github.com/acme/photo-app/actions/runs/1000/attempts/1',
          'runner-environment': 'github-hosted',
          trigger: 'push',
          owner: 'acme',
          visibility: 'private',
        },
      },
      undefined,
    ],
    ['a claim that there is not', {}, { claims: { colour: 'green' } }, /its colour is ''/],
  ])('asked for %s', (_name, by, what, expected) => {
    const found = flaw(made, { ...trust, ...by }, { ...wanted, ...what });
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(expected);
  });

  it('is not believed by those who trust another Sigstore', () => {
    expect(flaw(made, theirs, wanted)).toMatch(/it cannot be verified/);
  });
});

it('does not believe the signer’s own word for what the certificate says otherwise', async () => {
  const other = await signedBy(sigstore, { repository: 'evil/app', job_workflow_ref: identity.slice(19) });
  expect(other.identity).toBe(identity);
  expect(keylessBundleFlaw(bundleOf(other), trust, wanted)).toMatch("its repository is 'evil/app'");
});

interface Changeable {
  verificationMaterial: {
    tlogEntries: [{ integratedTime: string; inclusionPromise: { signedEntryTimestamp: string } }] | [];
    publicKey?: { hint: string };
  };
  dsseEnvelope: { payload: string };
  messageSignature?: unknown;
}

function entryOf({ verificationMaterial: { tlogEntries } }: Changeable) {
  const [entry] = tlogEntries;
  if (!entry) throw new Error('no entry');
  return entry;
}

/** A copy of a bundle in which something is changed. */
function changed(edit: (bundle: Changeable) => void): Bundle {
  const copy = JSON.parse(made.bundle);
  edit(copy);
  return copy;
}

test.each<[string, () => Bundle, RegExp]>([
  [
    'another statement under the signature',
    () =>
      changed(({ dsseEnvelope }) => {
        const text = Buffer.from(dsseEnvelope.payload, 'base64')
          .toString()
          .replaceAll('a'.repeat(64), 'b'.repeat(64));
        dsseEnvelope.payload = Buffer.from(text).toString('base64');
      }),
    /it cannot be verified/,
  ],
  [
    'no log entry',
    () => changed(({ verificationMaterial }) => (verificationMaterial.tlogEntries = [])),
    /it cannot be verified \(expected 1 tlog entries, got 0/,
  ],
  [
    'the time of its entry moved past the end of the certificate',
    () =>
      changed((bundle) => {
        entryOf(bundle).integratedTime = '4102444800';
      }),
    /it cannot be verified/,
  ],
  [
    'a promise of nobody',
    () =>
      changed((bundle) => {
        entryOf(bundle).inclusionPromise.signedEntryTimestamp = Buffer.from('nobody').toString('base64');
      }),
    /it cannot be verified \(inclusion promise could not/,
  ],
  [
    'the entry of another signature',
    () =>
      changed(({ verificationMaterial }) => {
        verificationMaterial.tlogEntries = JSON.parse(another.bundle).verificationMaterial.tlogEntries;
      }),
    /it cannot be verified/,
  ],
  [
    'a key in place of the certificate',
    () => changed((bundle) => (bundle.verificationMaterial = { publicKey: { hint: 'x' }, tlogEntries: [] })),
    /made with a key, without a certificate/,
  ],
])('does not believe a bundle with %s', async (_, bundle, flaw) => {
  another ??= await signedBy(sigstore);
  expect(keylessBundleFlaw(bundle(), trust, wanted)).toMatch(flaw);
});
let another: KeylessSignature;

it('does not take the statement of one bundle with the signature of another kind', () => {
  const two = changed((bundle) => {
    bundle.messageSignature = { messageDigest: { algorithm: 'SHA2_256', digest: '' }, signature: 'AAAA' };
  });
  expect(() => keylessBundleFlaw(two, trust, wanted)).toThrow('invalid bundle');
});

it('gets no certificate for somebody else’s token, or one for another audience', async () => {
  const services = parseSigningConfig(sigstore.signingConfig, new Date());
  const sign = (token: string) => signKeyless(image, digest, {}, { services, token });
  await expect(sign(await oidc.sign('sts.amazonaws.com'))).rejects.toThrow(
    /Fulcio\) answered 400.*identity token/,
  );
  const [head, , tail] = (await oidc.sign('sigstore')).split('.');
  const forged = Buffer.from(JSON.stringify({ sub: 'me', aud: 'sigstore', iss: oidc.issuer })).toString(
    'base64url',
  );
  await expect(sign(`${head}.${forged}.${tail}`)).rejects.toThrow(/Fulcio\) answered 400/);
});
