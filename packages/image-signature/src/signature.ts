import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { ActionError } from '@fairway/action-kit';
import { claimFlaw } from './statement.js';

/**
 * Signatures as cosign keeps them beside an image, so that `cosign verify --key` reads ours and we read cosign's.
 * Source: sigstore/cosign, specs/SIGNATURE_SPEC.md ("simple signing").
 */
export const PAYLOAD_TYPE = 'application/vnd.dev.cosign.simplesigning.v1+json';
export const SIGNATURE_ANNOTATION = 'dev.cosignproject.cosign/signature';
const PAYLOAD_KIND = 'cosign container image signature';

/** What a signature says beside the digest: who built it, from what. */
export type Claims = Readonly<Record<string, string>>;

/** The text that is signed. */
export function payloadOf(image: string, digest: string, claims: Claims): string {
  return JSON.stringify({
    critical: {
      identity: { 'docker-reference': image },
      image: { 'docker-manifest-digest': digest },
      type: PAYLOAD_KIND,
    },
    optional: Object.keys(claims).length === 0 ? null : claims,
  });
}

/** The tag under which a digest's signatures are found. */
export function signatureTag(digest: string): string {
  return `${digest.replace(':', '-')}.sig`;
}

/** @throws ActionError 'bad-key' */
export function readPrivateKey(pem: string, password: string): KeyObject {
  if (pem.includes('ENCRYPTED SIGSTORE') || pem.includes('ENCRYPTED COSIGN')) {
    throw badKey('sign-key', 'it is in the encrypted form of cosign, which only cosign opens');
  }
  try {
    return createPrivateKey({ key: pem, ...(password !== '' && { passphrase: password }) });
  } catch {
    // The cause is not kept: OpenSSL's words may quote the key.
    throw badKey('sign-key', 'it is no private key in PEM form, or its password is wrong');
  }
}

/** @throws ActionError 'bad-key' */
export function readPublicKey(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch {
    throw badKey('verify-key', 'it is no public key in PEM form');
  }
}

function badKey(input: string, why: string): ActionError {
  return new ActionError('bad-key', `The input '${input}' cannot be used: ${why}.`, {
    remedy:
      'Make a pair with  openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out sign.key  and  openssl pkey -in sign.key -pubout -out sign.pub',
  });
}

/** The signature in base64: ECDSA or RSA over SHA-256, Ed25519 over the text itself. */
export function signPayload(payload: string, key: KeyObject): string {
  return sign(hashFor(key), Buffer.from(payload), key).toString('base64');
}

/** Whether a signature over this text was made with this key. The private half will do: it holds the public one. */
export function isSignedBy(payload: string | Buffer, signature: string, key: KeyObject): boolean {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return verify(hashFor(half), Buffer.from(payload), half, Buffer.from(signature, 'base64'));
}

function hashFor(key: KeyObject): string | null {
  return key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
}

/** One signature as it is found in the registry; nothing of it is believed yet. */
export interface FoundSignature {
  readonly payload: string;
  readonly signature: string;
  /** Everything else that is written beside it: certificate and log entry, where it was made without a kept key. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** Why a signature does not count as one with a key, or undefined when it does. Pure. */
export function flawOf(
  found: FoundSignature,
  key: KeyObject,
  wanted: { readonly image: string; readonly digest: string; readonly claims: Claims },
): string | undefined {
  if (!isSignedBy(found.payload, found.signature, key)) return 'it was made with another key';
  return subjectFlaw(found.payload, wanted) ?? claimFlaw(optionalOf(found.payload), wanted.claims);
}

/** Why a payload does not speak of an image, or undefined when it does. Pure. */
export function subjectFlaw(
  payload: string,
  wanted: { readonly image: string; readonly digest: string },
): string | undefined {
  const { critical } = JSON.parse(payload) as {
    critical?: { identity?: Claims; image?: Claims; type?: string };
  };
  if (critical?.type !== PAYLOAD_KIND) return 'it signs something else than an image';
  if (critical.image?.['docker-manifest-digest'] !== wanted.digest) return 'it signs another digest';
  const image = critical.identity?.['docker-reference'];
  return hubNamed(String(image)) === hubNamed(wanted.image) ? undefined : `it was made for ${String(image)}`;
}

function optionalOf(payload: string): Claims {
  return (JSON.parse(payload) as { optional?: Claims | null }).optional ?? {};
}

/** Docker Hub by one name: cosign calls it `index.docker.io`. */
function hubNamed(image: string): string {
  return image.replace(/^index\.docker\.io\//, 'docker.io/');
}

/** A signature in a manifest of signatures. */
export interface ListedSignature {
  /** Of the payload's blob. */
  readonly digest: string;
  readonly size: number;
  readonly signature: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The manifest that holds signatures, new and earlier ones; `config` is a blob of its own. */
export function signatureManifest(
  config: { readonly digest: string; readonly size: number },
  layers: readonly ListedSignature[],
): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: layers.map(({ digest, size, signature, annotations }) => ({
      mediaType: PAYLOAD_TYPE,
      digest,
      size,
      annotations: { ...annotations, [SIGNATURE_ANNOTATION]: signature },
    })),
  });
}

/** The signatures that a manifest lists. What is not one of cosign's layers is passed over. */
export function listedSignatures(manifest: string): ListedSignature[] {
  const { layers } = JSON.parse(manifest) as {
    layers?: {
      mediaType?: unknown;
      digest?: unknown;
      size?: unknown;
      annotations?: Record<string, unknown>;
    }[];
  };
  return (layers ?? []).flatMap(({ mediaType, digest, size, annotations }) => {
    const { [SIGNATURE_ANNOTATION]: signature, ...rest } = annotations ?? {};
    if (mediaType !== PAYLOAD_TYPE || typeof signature !== 'string') return [];
    if (typeof digest !== 'string' || typeof size !== 'number') return [];
    const words = Object.entries(rest).flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, value] as const] : [],
    );
    return [{ digest, size, signature, annotations: Object.fromEntries(words) }];
  });
}

/** The configuration blob that cosign gives to a manifest of signatures: an empty image of these layers. */
export function signatureConfig(payloads: readonly string[]): string {
  return JSON.stringify({
    architecture: '',
    created: '0001-01-01T00:00:00Z',
    history: payloads.map(() => ({ created: '0001-01-01T00:00:00Z' })),
    os: '',
    rootfs: { type: 'layers', diff_ids: payloads },
    config: {},
  });
}

export function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
