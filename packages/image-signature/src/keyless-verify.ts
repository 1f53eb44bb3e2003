import { createHash } from 'node:crypto';
import { messageOf } from '@fairway/action-kit';
import { bundleFromJSON, type Bundle as SigstoreBundle } from '@sigstore/bundle';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { type Signer, toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import type { Bundle } from './bundle.js';
import { certificateClaims, isIdentity } from './certificate-claims.js';
import { derOf } from './rekor.js';
import { type FoundSignature, subjectFlaw } from './signature.js';
import { claimFlaw, claimsAbout, STATEMENT_TYPE } from './statement.js';
import type { KeylessTrust, Wanted } from './verify.js';

/**
 * Why a bundle does not count, or undefined when it does: its certificate comes from the trusted root and was valid
 * when the log or a timestamp authority says that the signature was there, the log has the entry, the signature is of
 * these bytes, and the certificate names who and what is wanted. Pure.
 */
export function keylessBundleFlaw(bundle: Bundle, trust: KeylessTrust, wanted: Wanted): string | undefined {
  if (bundle.verificationMaterial?.publicKey !== undefined)
    return 'it was made with a key, without a certificate';
  const read = bundleFromJSON(bundle);
  // Of what was read, and not of the text: a bundle could hold a signature of one thing and the statement of another.
  if (read.content.$case !== 'dsseEnvelope') return 'it signs something else than a statement';
  const { payload, payloadType } = read.content.dsseEnvelope;
  if (payloadType !== STATEMENT_TYPE) return 'it signs something else than a statement';
  const flaw = signerFlaw(read, trust, wanted);
  if (flaw !== undefined) return flaw;
  return claimsAbout(wanted.digest, payload.toString('utf8')) ? undefined : 'it signs another digest';
}

/** The same of a signature as cosign kept it before version 3. Pure. */
export function keylessSignatureFlaw(
  found: FoundSignature,
  trust: KeylessTrust,
  wanted: Wanted,
): string | undefined {
  if (!found.annotations['dev.sigstore.cosign/certificate'])
    return 'it was made with a key, without a certificate';
  const payload = Buffer.from(found.payload);
  const flaw = signerFlaw(bundleFromJSON(asBundle(found)), trust, wanted, payload);
  return flaw ?? subjectFlaw(found.payload, wanted);
}

function signerFlaw(
  bundle: SigstoreBundle,
  { root, identity, issuer }: KeylessTrust,
  { claims }: Wanted,
  payload?: Buffer,
): string | undefined {
  let signer: Signer;
  try {
    signer = verifier(root).verify(toSignedEntity(bundle, payload));
  } catch (error) {
    return `it cannot be verified (${words(error)})`;
  }
  const { subjectAlternativeName = '', extensions, oids } = signer.identity ?? {};
  if (extensions?.issuer !== issuer) return `its issuer is '${extensions?.issuer ?? ''}', not '${issuer}'`;
  if (!isIdentity(subjectAlternativeName, identity)) {
    return `its identity is '${subjectAlternativeName}', not '${identity}'`;
  }
  const found = (oids ?? []).map(({ oid, value }) => ({
    oid: oid?.id.join('.') ?? '',
    value: Buffer.from(value),
  }));
  return claimFlaw(certificateClaims(found), claims);
}

/** The public Sigstore publishes its certificates (SCT); one without such a log cannot be asked for that. */
function verifier(root: TrustedRoot): Verifier {
  const ctlogThreshold = root.ctlogs.length > 0 ? 1 : 0;
  return new Verifier(toTrustMaterial(root), { ctlogThreshold, tlogThreshold: 1, timestampThreshold: 1 });
}

function words(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
  return `${messageOf(error)}${cause}`.slice(0, 300);
}

/** Source: sigstore/cosign, specs/SIGNATURE_SPEC.md, "Properties"; sigstore/protobuf-specs, sigstore_bundle.proto. */
function asBundle({ signature, payload, annotations }: FoundSignature): unknown {
  const { SignedEntryTimestamp, Payload } = JSON.parse(annotations['dev.sigstore.cosign/bundle'] ?? '{}') as {
    SignedEntryTimestamp?: string;
    Payload?: { body?: string; integratedTime?: number; logIndex?: number; logID?: string };
  };
  const body = Payload?.body ?? '';
  const { kind, apiVersion } = JSON.parse(Buffer.from(body, 'base64').toString('utf8') || '{}') as {
    kind?: string;
    apiVersion?: string;
  };
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    verificationMaterial: {
      x509CertificateChain: {
        certificates: [{ rawBytes: derOf(annotations['dev.sigstore.cosign/certificate'] ?? '') }],
      },
      tlogEntries: [
        {
          logIndex: String(Payload?.logIndex ?? 0),
          logId: { keyId: Buffer.from(Payload?.logID ?? '', 'hex').toString('base64') },
          kindVersion: { kind, version: apiVersion },
          integratedTime: String(Payload?.integratedTime ?? 0),
          inclusionPromise: { signedEntryTimestamp: SignedEntryTimestamp },
          canonicalizedBody: body,
        },
      ],
    },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: sha256Of(payload) },
      signature,
    },
  };
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
