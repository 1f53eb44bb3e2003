import { generateKeyPairSync } from 'node:crypto';
import { expect, it, test } from 'vitest';
import {
  flawOf,
  isSignedBy,
  listedSignatures,
  payloadOf,
  readPrivateKey,
  readPublicKey,
  signatureManifest,
  signatureTag,
  signPayload,
} from '../src/signature.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const wanted = { image: 'ghcr.io/acme/app', digest, claims: { repository: 'acme/app' } };
const keys = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const { privateKey, publicKey } = keys();
const signed = (payload: string) => ({
  payload,
  signature: signPayload(payload, privateKey),
  annotations: {},
});

it('believes what was signed with the key, for the image, the digest and the claims', () => {
  const payload = payloadOf(wanted.image, digest, { repository: 'acme/app', ref: 'refs/heads/main' });
  expect(flawOf(signed(payload), publicKey, wanted)).toBeUndefined();
});

test.each<[string, string, RegExp]>([
  ['another digest', payloadOf(wanted.image, `sha256:${'b'.repeat(64)}`, wanted.claims), /another digest/],
  ['another image', payloadOf('ghcr.io/evil/app', digest, wanted.claims), /made for ghcr\.io\/evil\/app/],
  [
    'another repository',
    payloadOf(wanted.image, digest, { repository: 'evil/app' }),
    /repository is 'evil\/app'/,
  ],
  ['no claims', payloadOf(wanted.image, digest, {}), /repository is ''/],
  ['something else than an image', '{"critical":{"type":"a commit"}}', /something else/],
])('does not believe a signature of %s', (_, payload, flaw) => {
  expect(flawOf(signed(payload), publicKey, wanted)).toMatch(flaw);
});

it('does not believe another key, nor a changed text', () => {
  const one = signed(payloadOf(wanted.image, digest, wanted.claims));
  expect(flawOf(one, keys().publicKey, wanted)).toMatch(/another key/);
  expect(flawOf({ ...one, payload: `${one.payload} ` }, publicKey, wanted)).toMatch(/another key/);
  expect(flawOf({ ...one, signature: 'AAAA' }, publicKey, wanted)).toMatch(/another key/);
});

it('writes the text that cosign’s specification shows', () => {
  expect(JSON.parse(payloadOf('r/a', digest, {}))).toEqual({
    critical: {
      identity: { 'docker-reference': 'r/a' },
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    },
    optional: null,
  });
  expect(signatureTag(digest)).toBe(`sha256-${'a'.repeat(64)}.sig`);
});

it('finds again what it lists, and passes over what is not cosign’s', () => {
  const layer = {
    digest,
    size: 3,
    signature: 'c2ln',
    annotations: { 'dev.sigstore.cosign/certificate': 'c' },
  };
  const manifest = JSON.parse(signatureManifest({ digest, size: 1 }, [layer]));
  manifest.layers.push({ mediaType: 'text/plain', digest, size: 1 }, { annotations: null });
  expect(listedSignatures(JSON.stringify(manifest))).toEqual([layer]);
  expect(listedSignatures('{}')).toEqual([]);
});

test.each(['ed25519', 'rsa', 'ec'] as const)('signs with %s keys, with a password too', (type) => {
  const pair =
    type === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : type === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : keys();
  const pem = pair.privateKey.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'pw',
  });
  const key = readPrivateKey(pem.toString(), 'pw');
  const other = readPublicKey(pair.publicKey.export({ type: 'spki', format: 'pem' }).toString());
  expect(isSignedBy('text', signPayload('text', key), other)).toBe(true);
  expect(isSignedBy('text', signPayload('text', key), key)).toBe(true);
});

test.each([
  ['', ''],
  ['-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nx\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----', 'pw'],
  [
    keys()
      .privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'pw' })
      .toString(),
    'wrong',
  ],
])('says of a key that it cannot read', (pem, password) => {
  expect(() => readPrivateKey(pem, password)).toThrow("The input 'sign-key' cannot be used");
});
