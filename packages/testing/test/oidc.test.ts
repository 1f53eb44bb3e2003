import { getIDToken } from '@actions/core';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type OidcService, startOidc } from '../src/index.js';

let oidc: OidcService;
afterEach(async () => {
  vi.unstubAllEnvs();
  await oidc.close();
});

async function serve(options: Parameters<typeof startOidc>[0] = {}): Promise<void> {
  oidc = await startOidc(options);
  for (const [name, value] of Object.entries(oidc.env)) vi.stubEnv(name, value);
}

describe('startOidc', () => {
  it('issues a token to @actions/core that verifies against the discovered keys', async () => {
    await serve({
      environment: 'production',
      claims: { job_workflow_ref: 'acme/ci/.github/workflows/cd.yml@v1' },
    });
    const token = await getIDToken('sts.amazonaws.com');
    const discovery = (await (
      await fetch(`${oidc.issuer}/.well-known/openid-configuration`)
    ).json()) as Record<string, string>;
    const keys = createRemoteJWKSet(new URL(discovery.jwks_uri ?? ''));
    const { payload } = await jwtVerify(token, keys, {
      issuer: discovery.issuer ?? '',
      audience: 'sts.amazonaws.com',
    });
    expect(payload).toMatchObject({
      sub: 'repo:acme/photo-app:environment:production',
      environment: 'production',
      job_workflow_ref: 'acme/ci/.github/workflows/cd.yml@v1',
    });
  });

  it("uses the owner's address as audience when none is asked for", async () => {
    await serve({ repository: 'octo/app', ref: 'refs/tags/v1' });
    const token = await getIDToken();
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(oidc.jwksUrl)));
    expect(payload.aud).toBe('https://github.com/octo');
    expect(payload.sub).toBe('repo:octo/app:ref:refs/tags/v1');
    expect(payload.ref_type).toBe('tag');
  });

  it('refuses a wrong request token', async () => {
    await serve();
    vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'wrong');
    await expect(getIDToken('x')).rejects.toThrow(/401|request token/);
    expect(oidc.requests.map(({ status }) => status)).toEqual([401]);
  });
});
