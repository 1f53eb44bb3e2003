import { randomBytes, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import {
  type Answer,
  type Exchange,
  type Loopback,
  type LoopbackOptions,
  type RecordedRequest,
  record,
  serveLoopback,
} from '../loopback/server.js';

export interface OidcOptions extends LoopbackOptions {
  /** `owner/name` in the claims; `acme/photo-app` unless given. */
  readonly repository?: string;
  /** The ref in the claims; `refs/heads/main` unless given. */
  readonly ref?: string;
  readonly sha?: string;
  /** The deployment environment; it changes `sub`, as on GitHub. */
  readonly environment?: string;
  /** Claims to add or to replace. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

export interface OidcService extends Loopback {
  /** ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN: what `permissions: id-token: write` gives. */
  readonly env: Readonly<Record<string, string>>;
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly requests: readonly RecordedRequest[];
  /** Signs a token as the token endpoint does, for tests of those who verify one. */
  sign(audience: string, claims?: Readonly<Record<string, unknown>>): Promise<string>;
}

/** Seconds a token is good for; GitHub's live five minutes. */
const lifetimeSeconds = 300;

/**
 * Starts an OIDC issuer like `token.actions.githubusercontent.com`: a real RSA key, the discovery document, the key
 * set, and the endpoint from which a job asks for a token with an audience of its choice.
 * Source of the claims: https://docs.github.com/actions/reference/security/oidc
 */
export async function startOidc(options: OidcOptions = {}): Promise<OidcService> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { modulusLength: 2048 });
  const kid = randomUUID();
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
  const requestToken = randomBytes(24).toString('base64url');
  const requests: RecordedRequest[] = [];
  const defaults = jobClaims(options);

  const sign = (audience: string, claims: Readonly<Record<string, unknown>> = {}): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const times = { jti: randomUUID(), nbf: now - 300, iat: now, exp: now + lifetimeSeconds };
    return new SignJWT({
      ...times,
      iss: loopback.url,
      aud: audience,
      ...defaults,
      ...options.claims,
      ...claims,
    })
      .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid })
      .sign(privateKey);
  };

  const answer = async ({ method, url, headers }: Exchange): Promise<Answer> => {
    if (method !== 'GET') return { status: 405 };
    if (url.pathname === '/.well-known/openid-configuration')
      return { status: 200, body: discovery(url.origin) };
    if (url.pathname === '/.well-known/jwks') return { status: 200, body: { keys: [jwk] } };
    if (url.pathname !== '/token') return { status: 404, body: { message: 'Not Found' } };
    if (headers.authorization?.replace(/^bearer /i, '') !== requestToken) {
      return { status: 401, body: { message: 'The request token is missing or wrong.' } };
    }
    const audience =
      url.searchParams.get('audience') ?? `https://github.com/${String(defaults.repository_owner)}`;
    return { status: 200, body: { count: 1, value: await sign(audience) } };
  };
  const loopback: Loopback = await serveLoopback(async (exchange) => {
    const entry = record(requests, exchange, undefined);
    const result = await answer(exchange);
    entry.status = result.status;
    return result;
  }, options);

  return {
    url: loopback.url,
    issuer: loopback.url,
    jwksUrl: `${loopback.url}/.well-known/jwks`,
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${loopback.url}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
    },
    requests,
    sign,
    close: () => loopback.close(),
  };
}

function jobClaims(options: OidcOptions): Record<string, unknown> {
  const repository = options.repository ?? 'acme/photo-app';
  const ref = options.ref ?? 'refs/heads/main';
  const sha = options.sha ?? '4d1f0c3e5b6a79880123456789abcdef01234567';
  const workflow = `${repository}/.github/workflows/ci.yml@${ref}`;
  return {
    sub: options.environment
      ? `repo:${repository}:environment:${options.environment}`
      : `repo:${repository}:ref:${ref}`,
    ref,
    sha,
    repository,
    repository_owner: repository.split('/')[0],
    repository_id: '1296269',
    repository_owner_id: '9919',
    repository_visibility: 'private',
    run_id: '1000',
    run_number: '1',
    run_attempt: '1',
    actor: 'octocat',
    actor_id: '583231',
    workflow: 'ci',
    workflow_ref: workflow,
    workflow_sha: sha,
    job_workflow_ref: workflow,
    job_workflow_sha: sha,
    head_ref: '',
    base_ref: '',
    event_name: 'push',
    ref_protected: 'true',
    ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    runner_environment: 'github-hosted',
    ...(options.environment ? { environment: options.environment } : {}),
  };
}

function discovery(issuer: string): Record<string, unknown> {
  return {
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks`,
    subject_types_supported: ['public', 'pairwise'],
    response_types_supported: ['id_token'],
    claims_supported: [
      'sub',
      'aud',
      'exp',
      'iat',
      'iss',
      'jti',
      'nbf',
      'ref',
      'repository',
      'repository_owner',
      'sha',
      'actor',
      'workflow',
      'environment',
      'job_workflow_ref',
      'event_name',
    ],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid'],
  };
}
