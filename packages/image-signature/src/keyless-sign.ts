import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { BUNDLE_TYPE } from './bundle.js';
import { type Certificate, issuerOf, requestCertificate } from './fulcio.js';
import { derOf, type LogEntry, record } from './rekor.js';
import { type Claims, payloadOf } from './signature.js';
import type { SigstoreServices } from './signing-config.js';
import { preAuthEncoding, STATEMENT_TYPE, statementOf } from './statement.js';
import { timestampOf } from './timestamp.js';

/** A signature that anyone can check without a key, in the forms in which cosign keeps it. */
export interface KeylessSignature {
  /** What the certificate is made out to. */
  readonly identity: string;
  /** Who vouched for it. */
  readonly issuer: string;
  /** The entry's number in the log. */
  readonly logIndex: string;
  /** JSON, for a manifest that refers to the image. */
  readonly bundle: string;
  /** As cosign kept it before version 3; only where the log itself says the time. */
  readonly simple?: {
    readonly payload: string;
    readonly signature: string;
    readonly annotations: Readonly<Record<string, string>>;
  };
}

/**
 * Signs a digest with a key that nobody keeps: a certificate says whose it was, a public log says when.
 * @param token an identity token of this job for the audience `sigstore`
 */
export async function signKeyless(
  image: string,
  digest: string,
  claims: Claims,
  { services, token }: { readonly services: SigstoreServices; readonly token: string },
): Promise<KeylessSignature> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const signed = (bytes: Buffer) => sign('sha256', bytes, pair.privateKey);
  const certificate = await requestCertificate(services.fulcio, token, pair);

  const statement = Buffer.from(statementOf(digest, claims));
  const payload = preAuthEncoding(STATEMENT_TYPE, statement);
  const { what, entry } = await record(
    services.rekor,
    () => envelopeOf(statement, payload, signed),
    certificate.leaf,
  );
  const { envelope, signature } = what;
  const timestamp = services.timestamps && (await timestampOf(services.timestamps, signature));
  const bundle = JSON.stringify({
    mediaType: BUNDLE_TYPE,
    verificationMaterial: {
      certificate: { rawBytes: derOf(certificate.leaf) },
      tlogEntries: [entry],
      ...(timestamp && {
        timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: timestamp }] },
      }),
    },
    dsseEnvelope: envelope,
  });
  const simple =
    services.rekor.version === 1
      ? await signSimple(payloadOf(image, digest, claims), signed, certificate, services)
      : undefined;
  return {
    identity: identityIn(certificate.leaf),
    issuer: issuerOf(token),
    logIndex: entry.logIndex,
    bundle,
    ...(simple && { simple }),
  };
}

function envelopeOf(statement: Buffer, payload: Buffer, signed: (bytes: Buffer) => Buffer) {
  const signature = signed(payload);
  const envelope = {
    payload: statement.toString('base64'),
    payloadType: STATEMENT_TYPE,
    signatures: [{ sig: signature.toString('base64') }],
  };
  return { kind: 'dsse', envelope, payload, signature } as const;
}

async function signSimple(
  payload: string,
  signed: (bytes: Buffer) => Buffer,
  certificate: Certificate,
  { rekor }: SigstoreServices,
): Promise<NonNullable<KeylessSignature['simple']>> {
  const bytes = Buffer.from(payload);
  const { what, entry } = await record(
    rekor,
    () => ({ kind: 'hashedrekord', payload: bytes, signature: signed(bytes) }) as const,
    certificate.leaf,
  );
  return {
    payload,
    signature: what.signature.toString('base64'),
    annotations: keylessAnnotations(certificate, entry),
  };
}

/** Source: sigstore/cosign, specs/SIGNATURE_SPEC.md, "Properties"; its pkg/cosign/bundle, `RekorBundle`. */
function keylessAnnotations(
  { leaf, chain }: Certificate,
  { canonicalizedBody, integratedTime, logIndex, logId, inclusionPromise }: LogEntry,
): Record<string, string> {
  return {
    'dev.sigstore.cosign/certificate': leaf,
    'dev.sigstore.cosign/chain': chain.join(''),
    'dev.sigstore.cosign/bundle': JSON.stringify({
      SignedEntryTimestamp: inclusionPromise?.signedEntryTimestamp,
      Payload: {
        body: canonicalizedBody,
        integratedTime: Number(integratedTime),
        logIndex: Number(logIndex),
        logID: Buffer.from(logId.keyId, 'base64').toString('hex'),
      },
    }),
  };
}

/** The subject's alternative name, without what kind of name it is. */
function identityIn(certificate: string): string {
  return (new X509Certificate(certificate).subjectAltName ?? '').replace(/^\w+:/, '');
}
