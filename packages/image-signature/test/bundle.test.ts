import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { ActionError } from '@fairway/action-kit';
import { expect, it, test } from 'vitest';
import { type Bundle, bundleBlobs, bundleManifest, keyBundleFlaw } from '../src/bundle.js';
import { bundlesAbout } from '../src/found.js';
import { sha256 } from '../src/signature.js';
import { preAuthEncoding, STATEMENT_TYPE, statementOf } from '../src/statement.js';

const digest = `sha256:${'a'.repeat(64)}`;
const wanted = { image: 'ghcr.io/acme/app', digest, claims: { repository: 'acme/app' } };
const keys = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const { privateKey, publicKey } = keys();

function bundle(statement: string, key = privateKey, payloadType = STATEMENT_TYPE): Bundle {
  const payload = Buffer.from(statement);
  const sig = sign('sha256', preAuthEncoding(payloadType, payload), key).toString('base64');
  return {
    verificationMaterial: { publicKey: { hint: 'x' } },
    dsseEnvelope: { payload: payload.toString('base64'), payloadType, signatures: [{ sig }] },
  };
}

/** What cosign 3.1.3 wrote for a digest of its own, with `--key` and a signing configuration without services. */
const byCosign = {
  digest: 'sha256:09ade42fe3e69018a3360bb092265af902f9e7d6013146cf152c82ac3a944707',
  key: createPublicKey(`-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEiD9hDOR/mbpEQThKmnnJzXpY4D55
PCr4z2edUyK3yjtJI66m/0nTEGiQkzr4inUzuyqSBHpOUpePGZZ890hK+w==
-----END PUBLIC KEY-----
`),
  bundle: {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: '+6MqNbHWPMoOzSUP+PLwW8rixC8fK7whfDCY0YfpAaI=' } },
    dsseEnvelope: {
      payload:
        'eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCAic3ViamVjdCI6W3siZGlnZXN0Ijp7InNoYTI1NiI6IjA5YWRlNDJmZTNlNjkwMThhMzM2MGJiMDkyMjY1YWY5MDJmOWU3ZDYwMTMxNDZjZjE1MmM4MmFjM2E5NDQ3MDcifSwgImFubm90YXRpb25zIjp7InJlcG9zaXRvcnkiOiJhY21lL3Bob3RvLWFwcCJ9fV0sICJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9zaWdzdG9yZS5kZXYvY29zaWduL3NpZ24vdjEiLCAicHJlZGljYXRlIjp7fX0=',
      payloadType: 'application/vnd.in-toto+json',
      signatures: [
        {
          sig: 'MEUCIQDQPQAKi7Sqny5Bdo5Na0Snow0zKYFFPfyaolmvvuJhGAIgJ5UtuhILLYvNGlBpQya+sE9JEdVtVQQqg5gzZUc3eGc=',
        },
      ],
    },
  },
};

it('believes what was signed with the key, for the digest and the claims', () => {
  const good = bundle(statementOf(digest, { repository: 'acme/app', ref: 'refs/heads/main' }));
  expect(keyBundleFlaw(good, publicKey, wanted)).toBeUndefined();
});

test.each<[string, Bundle, RegExp]>([
  ['another key', bundle(statementOf(digest, wanted.claims), keys().privateKey), /made with another key/],
  ['another digest', bundle(statementOf(`sha256:${'b'.repeat(64)}`, wanted.claims)), /another digest/],
  [
    'another repository',
    bundle(statementOf(digest, { repository: 'evil/app' })),
    /repository is 'evil\/app'/,
  ],
  ['no claims', bundle(statementOf(digest, {})), /repository is ''/],
  [
    'another kind of statement',
    bundle(statementOf(digest, wanted.claims).replace('cosign/sign', 'cosign/other')),
    /another digest/,
  ],
  [
    'another kind of text',
    bundle(statementOf(digest, wanted.claims), privateKey, 'text/plain'),
    /something else than a statement/,
  ],
  [
    'a certificate',
    { ...bundle(statementOf(digest, wanted.claims)), verificationMaterial: { certificate: {} } },
    /made with a certificate, not with the key/,
  ],
  ['nothing', {}, /something else than a statement/],
])('does not believe a bundle of %s', (_, one, flaw) => {
  expect(keyBundleFlaw(one, publicKey, wanted)).toMatch(flaw);
});

it('reads what the real cosign wrote', () => {
  const claims = { repository: 'acme/photo-app' };
  const { digest: itsDigest } = byCosign;
  const image = 'any/where';
  expect(keyBundleFlaw(byCosign.bundle, byCosign.key, { image, digest: itsDigest, claims })).toBeUndefined();
  const elsewhere = { image, digest: itsDigest, claims: { repository: 'acme/other' } };
  expect(keyBundleFlaw(byCosign.bundle, byCosign.key, elsewhere)).toMatch(
    "its repository is 'acme/photo-app'",
  );
  expect(keyBundleFlaw(byCosign.bundle, publicKey, { image, digest: itsDigest, claims })).toMatch(
    'another key',
  );
});

it('finds bundles among what refers to an image, and passes over provenance, lies and what is none', async () => {
  const good = JSON.stringify(bundle(statementOf(digest, {})));
  const subject = { mediaType: 'm', digest, size: 1 };
  const manifest = (text: string) =>
    bundleManifest(subject, { digest: sha256('{}') }, { digest: sha256(text), size: text.length }, {});
  const content = new Map<string, string>();
  const put = (text: string) => {
    content.set(sha256(text), text);
    return sha256(text);
  };
  const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
  const refers = (text: string, artifactType = bundleType, predicate?: string) => ({
    digest: put(manifest(text)),
    artifactType,
    annotations: { ...(predicate && { 'dev.sigstore.bundle.predicateType': predicate }) },
  });
  const listed = [
    refers(good),
    refers(`${good} `, bundleType, 'https://slsa.dev/provenance/v1'),
    refers(`${good}  `, 'application/spdx+json'),
    refers('no bundle'),
    refers('a lie'),
    refers('gone'),
    refers(`${good}\n`),
  ];
  put(good);
  put(`${good}\n`);
  put('no bundle');
  content.set(sha256('a lie'), good);
  const store = {
    find: async (reference: string) => {
      const text = content.get(reference);
      return text === undefined ? undefined : { text, digest: reference };
    },
    blob: async (blob: string) => {
      const text = content.get(blob);
      if (text === undefined) throw new ActionError('registry-missing', 'It is gone.', { remedy: '' });
      return text;
    },
  };
  expect(await all(bundlesAbout(store, listed))).toEqual([
    { bundle: JSON.parse(good), manifest: listed[0]?.digest },
    { bundle: JSON.parse(good), manifest: listed[6]?.digest },
  ]);
  const busy = {
    ...store,
    blob: async () => {
      throw new ActionError('registry-refused', 'Not now.', { remedy: '' });
    },
  };
  await expect(all(bundlesAbout(busy, listed))).rejects.toThrow('Not now.');
  expect(bundleBlobs('{}')).toEqual([]);
});

async function all<T>(found: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of found) list.push(one);
  return list;
}
