import { type KeyPairKeyObjectResult, sign, X509Certificate } from 'node:crypto';
import { ActionError } from '@fairway/action-kit';
import { postTo } from './service.js';

/** A certificate for a key that lives as long as this step, with those that vouch for it. */
export interface Certificate {
  /** In PEM form. */
  readonly leaf: string;
  /** In PEM form, its issuer first. */
  readonly chain: readonly string[];
}

/**
 * Exchanges an identity token for a certificate of ten minutes. The key's holder signs the token's subject, so that a
 * stolen token is of no use for another's key.
 * Source: sigstore/fulcio, fulcio.proto, `CreateSigningCertificate` (`POST /api/v2/signingCert`).
 */
export async function requestCertificate(
  fulcio: string,
  token: string,
  { privateKey, publicKey }: KeyPairKeyObjectResult,
): Promise<Certificate> {
  const { body } = await postTo('The certificate authority (Fulcio)', `${fulcio}/api/v2/signingCert`, {
    credentials: { oidcIdentityToken: token },
    publicKeyRequest: {
      publicKey: { algorithm: 'ECDSA', content: publicKey.export({ type: 'spki', format: 'pem' }) },
      proofOfPossession: sign('sha256', Buffer.from(subjectOf(token)), privateKey).toString('base64'),
    },
  });
  const { signedCertificateEmbeddedSct: embedded, signedCertificateDetachedSct: detached } = JSON.parse(
    body.toString('utf8'),
  ) as { signedCertificateEmbeddedSct?: Answer; signedCertificateDetachedSct?: Answer };
  const [leaf, ...chain] = (embedded ?? detached)?.chain?.certificates ?? [];
  if (leaf === undefined || !isFor(leaf, publicKey)) {
    throw new ActionError('sigstore-refused', 'The certificate authority gave no certificate for the key.', {
      remedy: 'Check the address under caUrls in  sigstore-signing-config',
    });
  }
  return { leaf, chain };
}

interface Answer {
  readonly chain?: { readonly certificates?: readonly string[] };
}

/** Source: sigstore/fulcio, docs/oidc.md: GitHub's tokens are bound by `sub`, those of people by `email`. */
export function subjectOf(token: string): string {
  const { email, sub } = claimsIn(token);
  const subject = email ?? sub;
  if (typeof subject === 'string') return subject;
  throw new ActionError('no-identity', 'The identity token names no subject.', {
    remedy: 'Run the job again. If it stays, see https://www.githubstatus.com.',
  });
}

/** Who vouches for the identity, or empty. */
export function issuerOf(token: string): string {
  const { iss } = claimsIn(token);
  return typeof iss === 'string' ? iss : '';
}

/** What a token claims, not verified: that is for whom it is shown to. */
function claimsIn(token: string): Readonly<Partial<Record<'iss' | 'sub' | 'email', unknown>>> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8') || '{}');
}

function isFor(certificate: string, publicKey: KeyPairKeyObjectResult['publicKey']): boolean {
  return new X509Certificate(certificate).publicKey.equals(publicKey);
}
