import { createPublicKey, verify } from 'node:crypto';
import { fulcioHandler, type initializeCA } from '@sigstore/mock';
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify, UnsecuredJWT } from 'jose';
import type { Answer } from '../loopback/server.js';
import type { OidcService } from '../oidc/start-oidc.js';

type Authority = Awaited<ReturnType<typeof initializeCA>>;

/** Answers `POST /api/v2/signingCert`, with the token in the body or, as cosign has it, in the header. */
export type CertificateEndpoint = (body: string, authorization: string) => Promise<Answer>;

interface Request {
  readonly credentials?: { readonly oidcIdentityToken?: string };
  readonly publicKeyRequest?: {
    readonly publicKey?: { readonly content?: string };
    readonly proofOfPossession?: string;
  };
  /** PEM in base64. It is signed with its own key, which the mock does not look at; ours asks the other way. */
  readonly certificateSigningRequest?: string;
}

/**
 * Gives certificates as Fulcio does: only for a token of the issuer for the audience `sigstore`, and only to who
 * holds the key. Source: sigstore/fulcio, docs/oidc.md, docs/certificate-specification.md.
 */
export function certificateEndpoint(ca: Authority, oidc: OidcService): CertificateEndpoint {
  const { fn } = fulcioHandler(ca, { subjectClaim: 'san' });
  return async (text, authorization) => {
    const { credentials, publicKeyRequest, certificateSigningRequest: csr } = JSON.parse(text) as Request;
    const bearer = authorization.replace(/^bearer /i, '');
    const claims = await claimsIn(credentials?.oidcIdentityToken ?? bearer, oidc);
    if (claims === undefined) return refuse('There was an error processing the identity token');
    if (csr === undefined && !isHolder(publicKeyRequest, claims.sub ?? '')) {
      return refuse('The signature supplied in the request could not be verified');
    }
    // A certificate of a workflow is made out to the file that ran, wherever it was called from.
    const named = { ...claims, san: `https://github.com/${String(claims.job_workflow_ref)}` };
    const request = {
      credentials: { oidcIdentityToken: new UnsecuredJWT(named).encode() },
      publicKeyRequest,
      ...(csr !== undefined && { certificateSigningRequest: Buffer.from(csr, 'base64').toString() }),
    };
    const { statusCode, response } = await fn(JSON.stringify(request));
    if (statusCode !== 201) return refuse(String(response));
    return { status: 200, body: JSON.parse(String(response)) }; // what the real one answers, and cosign wants
  };
}

function isHolder(request: Request['publicKeyRequest'], subject: string): boolean {
  const { publicKey, proofOfPossession } = request ?? {};
  if (publicKey?.content === undefined || proofOfPossession === undefined) return false;
  const key = createPublicKey(publicKey.content);
  return verify('sha256', Buffer.from(subject), key, Buffer.from(proofOfPossession, 'base64'));
}

async function claimsIn(token: string, oidc: OidcService): Promise<JWTPayload | undefined> {
  const keys = (await (await fetch(oidc.jwksUrl)).json()) as JSONWebKeySet;
  const options = { issuer: oidc.issuer, audience: 'sigstore' };
  return jwtVerify(token, createLocalJWKSet(keys), options).then(
    ({ payload }) => payload,
    () => undefined,
  );
}

function refuse(message: string): Answer {
  return { status: 400, body: { code: 3, message } };
}
