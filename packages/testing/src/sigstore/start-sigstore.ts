import type { Loopback, RecordedRequest } from '../loopback/server.js';
import type { OidcService } from '../oidc/start-oidc.js';

export interface SigstoreOptions {
  /** Name the timestamp authority in the signing configuration too. */
  readonly timestamps?: boolean;
}

export interface SigstoreService extends Loopback {
  /** As `cosign signing-config create` makes it. */
  readonly signingConfig: string;
  /** As `cosign trusted-root create` makes it. */
  readonly trustedRoot: string;
  readonly requests: readonly RecordedRequest[];
}

/** Starts a Sigstore that believes one OIDC issuer. What makes its certificates is loaded only now: it is heavy. */
export async function startSigstore(
  oidc: OidcService,
  options: SigstoreOptions = {},
): Promise<SigstoreService> {
  const { serveSigstore } = await import('./sigstore.js');
  return serveSigstore(oidc, options);
}
