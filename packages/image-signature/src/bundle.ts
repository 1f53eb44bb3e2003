import type { KeyObject } from 'node:crypto';
import { isSignedBy } from './signature.js';
import { claimFlaw, claimsAbout, preAuthEncoding, SIGN_PREDICATE, STATEMENT_TYPE } from './statement.js';
import type { Wanted } from './verify.js';

/** Source: sigstore/protobuf-specs, sigstore_bundle.proto; sigstore/cosign, specs/BUNDLE_SPEC.md. */
export const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const BUNDLE_TYPES = /^application\/vnd\.dev\.sigstore\.bundle(?:\.v0\.\d+\+json|\+json;version=0\.\d+)$/;
const EMPTY = { mediaType: 'application/vnd.oci.empty.v1+json', text: '{}' };

/** A signature of a statement with all that is needed to judge it. As found: nothing of it is believed yet. */
export interface Bundle {
  readonly verificationMaterial?: {
    readonly publicKey?: unknown;
    readonly certificate?: unknown;
    readonly x509CertificateChain?: unknown;
  };
  readonly dsseEnvelope?: {
    readonly payload?: unknown;
    readonly payloadType?: unknown;
    readonly signatures?: unknown;
  };
}

export function isBundleType(type: string): boolean {
  return BUNDLE_TYPES.test(type);
}

/** What a manifest beside the image says of the bundle in it. */
export function bundleAnnotations(now: Date): Record<string, string> {
  return {
    'dev.sigstore.bundle.content': 'dsse-envelope',
    'dev.sigstore.bundle.predicateType': SIGN_PREDICATE,
    'org.opencontainers.image.created': now.toISOString().replace(/\.\d+Z$/, 'Z'),
  };
}

/** The manifest that ties a bundle to an image. */
export function bundleManifest(
  subject: { readonly mediaType: string; readonly digest: string; readonly size: number },
  config: { readonly digest: string },
  layer: { readonly digest: string; readonly size: number },
  annotations: Readonly<Record<string, string>>,
): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    artifactType: BUNDLE_TYPE,
    config: { mediaType: EMPTY.mediaType, digest: config.digest, size: EMPTY.text.length },
    layers: [{ mediaType: BUNDLE_TYPE, ...layer }],
    annotations,
    subject,
  });
}

/** The blob that such a manifest has for a configuration. */
export const EMPTY_CONFIG: string = EMPTY.text;

/** The blobs with bundles that a manifest lists. */
export function bundleBlobs(manifest: string): string[] {
  const { layers } = JSON.parse(manifest) as { layers?: unknown };
  if (!Array.isArray(layers)) return [];
  return layers.flatMap((layer: { mediaType?: unknown; digest?: unknown } | null) =>
    typeof layer?.mediaType === 'string' && isBundleType(layer.mediaType) && typeof layer.digest === 'string'
      ? [layer.digest]
      : [],
  );
}

/** The signed statement; undefined where the bundle holds something else. */
export function statementIn(bundle: Bundle): string | undefined {
  const { payload, payloadType } = bundle.dsseEnvelope ?? {};
  if (payloadType !== STATEMENT_TYPE || typeof payload !== 'string') return undefined;
  return Buffer.from(payload, 'base64').toString('utf8');
}

/** Why a bundle does not count as signed with a key, or undefined when it does. Pure. */
export function keyBundleFlaw(bundle: Bundle, key: KeyObject, wanted: Wanted): string | undefined {
  const { certificate, x509CertificateChain } = bundle.verificationMaterial ?? {};
  if (certificate !== undefined || x509CertificateChain !== undefined) {
    return 'it was made with a certificate, not with the key';
  }
  const statement = statementIn(bundle);
  if (statement === undefined) return 'it signs something else than a statement';
  const bytes = preAuthEncoding(STATEMENT_TYPE, Buffer.from(statement));
  if (!signaturesIn(bundle).some((signature) => isSignedBy(bytes, signature, key))) {
    return 'it was made with another key';
  }
  const claimed = claimsAbout(wanted.digest, statement);
  return claimed === undefined ? 'it signs another digest' : claimFlaw(claimed, wanted.claims);
}

function signaturesIn(bundle: Bundle): string[] {
  const { signatures } = bundle.dsseEnvelope ?? {};
  if (!Array.isArray(signatures)) return [];
  return signatures.flatMap((one: { sig?: unknown } | null) =>
    typeof one?.sig === 'string' ? [one.sig] : [],
  );
}
