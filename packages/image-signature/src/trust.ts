import { readPublicKey } from './signature.js';
import type { Trust } from './verify.js';

/** Who vouches for the workflows of github.com. */
export const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';

/** Whose signature is asked for, as inputs name it. */
export interface TrustAsked {
  /** A public key in PEM form, or empty. */
  readonly verifyKey: string;
  /** What a certificate must be made out to, `*` for anything; or empty. */
  readonly identity: string;
  /** Empty for GitHub. */
  readonly issuer: string;
  /** An absolute path; empty for the public Sigstore. */
  readonly trustedRoot: string;
}

/**
 * Reads the key, or the certificates and keys of the Sigstore that identities are trusted by.
 * @throws ActionError 'bad-key', 'bad-trusted-root' or 'sigstore-unreachable'
 */
export async function openTrust({ verifyKey, identity, issuer, trustedRoot }: TrustAsked): Promise<Trust> {
  if (identity === '') return { key: readPublicKey(verifyKey) };
  const { readTrustedRoot } = await import('./trusted-root.js');
  const root = await readTrustedRoot(trustedRoot);
  return { keyless: { identity, issuer: issuer || GITHUB_ISSUER, root } };
}

/** Whose signature it was, for the log. */
export function signerOf({ keyless }: Trust): string {
  return keyless ? keyless.identity : 'the given key';
}
