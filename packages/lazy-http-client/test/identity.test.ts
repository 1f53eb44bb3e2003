import { type OidcService, runBundle, startOidc } from '@fairway/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildFixture, type Fixture } from './fixture.ts';
import { type ForwardProxy, startProxy } from './proxy.ts';

let fixture: Fixture;
let oidc: OidcService;
let proxy: ForwardProxy;

beforeAll(() => {
  fixture = buildFixture();
});
afterAll(() => fixture.remove());
beforeEach(async () => {
  oidc = await startOidc();
  proxy = await startProxy(oidc.url);
});
afterEach(async () => {
  await proxy.close();
  await oidc.close();
});

const ask = (env: Record<string, string | undefined>, audience = 'sts.example') =>
  runBundle({ action: fixture.folder, inputs: { audience }, env: { ...oidc.env, ...env } });

/** The token's address on a host that only the proxy finds: addresses of loopback never go through one. */
const behind = (host: string) => ({
  ACTIONS_ID_TOKEN_REQUEST_URL: `http://${host}/token?api-version=2.0`,
});

it('keeps the HTTP client out of what is loaded at start', async () => {
  expect(fixture.mainBytes).toBeLessThan(60_000);
  expect(fixture.lazyText).toContain('undici');
  const { outputs, exitCode } = await ask({}, '');
  expect(exitCode).toBe(0);
  expect(outputs).toEqual({ before: 'false', after: 'false' });
  expect(oidc.requests).toEqual([]);
});

it('gives the token, and masks it', async () => {
  const { outputs, masks, log } = await ask({});
  expect(outputs).toEqual({
    before: 'false',
    after: 'true',
    subject: 'repo:acme/photo-app:ref:refs/heads/main for sts.example',
  });
  expect(masks.some((mask) => mask.split('.').length === 3)).toBe(true);
  expect(log).toContain('the token is ***');
  expect(proxy.asked).toEqual([]);
});

it('says what the server answered', async () => {
  const { exitCode, commands } = await ask({ ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'wrong' });
  expect(exitCode).toBe(1);
  expect(commands.filter(({ name }) => name === 'error')).toMatchObject([
    { message: expect.stringMatching(/Error Code : 401[\s\S]*The request token is missing or wrong/) },
  ]);
});

describe('behind a proxy', () => {
  it.each(['http_proxy', 'HTTP_PROXY'])('goes through that of %s', async (name) => {
    const { outputs } = await ask({ ...behind('tokens.corp.example'), [name]: proxy.url });
    expect(outputs.subject).toContain('for sts.example');
    expect(proxy.asked).toEqual(['tokens.corp.example:80']);
    expect(oidc.requests).toMatchObject([{ path: '/token', status: 200 }]);
  });

  it('goes through that of https_proxy for https', async () => {
    // The tunnel leads to a server without TLS: the request fails there, and was asked for in the right place.
    const env = {
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://tokens.corp.example/token?v=2',
      https_proxy: proxy.url,
    };
    const { exitCode } = await ask(env);
    expect(exitCode).toBe(1);
    expect(new Set(proxy.asked)).toEqual(new Set(['tokens.corp.example:443']));
    expect(oidc.requests).toEqual([]);
  });

  it('goes around it for a host of no_proxy', async () => {
    const { exitCode } = await ask({
      ...behind('tokens.corp.invalid'),
      http_proxy: proxy.url,
      no_proxy: 'other.example,.corp.invalid',
    });
    expect(exitCode).toBe(1); // nobody else knows that host
    expect(proxy.asked).toEqual([]);
  });

  it('goes around it for loopback', async () => {
    const { outputs } = await ask({ http_proxy: proxy.url });
    expect(outputs.subject).toContain('for sts.example');
    expect(proxy.asked).toEqual([]);
  });
});
