import { generateKeyPairSync } from 'node:crypto';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OidcService, runBundle, startOidc } from '@fairway/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { ecrHost } from '../src/identity/aws.ts';
import { type CloudRegistry, cloudOf } from '../src/identity/registry-cloud.ts';
import { signedHeaders } from '../src/identity/signature-v4.ts';
import { said } from '../src/identity/token-service.ts';
import { type Internet, type Page, type Site, startInternet, type Visit } from './real/internet.ts';

const action = dirname(dirname(fileURLToPath(import.meta.url)));
const ecr = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const provider = 'projects/123/locations/global/workloadIdentityPools/github/providers/acme';
const [client, tenant] = ['11111111-2222-3333-4444-555555555555', '66666666-7777-8888-9999-000000000000'];

describe('a registry is a cloud’s by its whole name', () => {
  test.each([
    [ecr, 'api.ecr.eu-central-1.amazonaws.com'],
    ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'ecr-fips.us-gov-west-1.amazonaws.com'],
    ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'api.ecr.cn-north-1.amazonaws.com.cn'],
    ['123456789012.dkr-ecr.us-east-1.on.aws', 'api.ecr.us-east-1.amazonaws.com'],
    ['public.ecr.aws', 'api.ecr-public.us-east-1.amazonaws.com'],
  ])('%s asks %s', (registry, host) => {
    expect(ecrHost(cloudOf(registry) as Extract<CloudRegistry, { cloud: 'aws' }>)).toBe(host);
  });

  test.each([
    ['europe-west1-docker.pkg.dev', 'google'],
    ['gcr.io', 'google'],
    ['eu.gcr.io', 'google'],
    ['shop.azurecr.io', 'azure'],
    ['shop.azurecr.us', 'azure'],
    ['ghcr.io', undefined],
    [`${ecr}.evil.example`, undefined],
    ['evil.example/europe-west1-docker.pkg.dev', undefined],
    ['a.b.azurecr.io', undefined],
    ['azurecr.io', undefined],
    ['12345.dkr.ecr.eu-central-1.amazonaws.com', undefined],
    ['123456789012.dkr.ecr.eu-central-1.evil.com', undefined],
  ])('%s is of %s', (registry, cloud) => {
    expect(cloudOf(registry)?.cloud).toBe(cloud);
  });
});

it('signs as AWS’s own test suite has it (post-vanilla)', () => {
  const signed = signedHeaders(
    { host: 'example.amazonaws.com', region: 'us-east-1', service: 'service', headers: {}, body: '' },
    { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
    new Date('2015-08-30T12:36:00Z'),
  );
  expect(signed.authorization).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  );
});

test.each([
  ['<ErrorResponse><Error><Message>Not authorized</Message></Error></ErrorResponse>', 'Not authorized'],
  ['{"error":{"code":403,"message":"Permission denied"}}', 'Permission denied'],
  [
    '{"error":"invalid_grant","error_description":"AADSTS700213: No match\\r\\nTrace ID: 1"}',
    'AADSTS700213: No match',
  ],
  ['{"errors":[{"code":"UNAUTHORIZED","message":"no role"}]}', 'no role'],
  ['{"__type":"AccessDeniedException","message":"no action"}', 'no action'],
  ['<html>proxy</html>', 'no reason given'],
])('of %s it tells %s', (body, text) => expect(said(body)).toBe(text));

/**
 * The services as their documentation has them. What can be run for real (STS and ECR) is, in identity.int.test.ts.
 * Each is asked by its real name over TLS; the phase `verify` then asks the registry with what came of it.
 */
describe('the identity of the job becomes the registry’s password', () => {
  let oidc: OidcService;
  let internet: Internet;
  let answers: Readonly<Record<string, Page>> = {};

  const credentials =
    '<R><Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>top-secret-key</SecretAccessKey><SessionToken>session-token-1</SessionToken></Credentials></R>';
  const known: Readonly<Record<string, (visit: Visit) => Page>> = {
    'sts.eu-central-1.amazonaws.com': () => ({ status: 200, body: credentials }),
    'api.ecr.eu-central-1.amazonaws.com': () => ({
      status: 200,
      body: {
        authorizationData: [{ authorizationToken: Buffer.from('AWS:ecr-password').toString('base64') }],
      },
    }),
    'sts.googleapis.com': () => ({ status: 200, body: { access_token: 'federated-token' } }),
    'iamcredentials.googleapis.com': () => ({ status: 200, body: { accessToken: 'account-token' } }),
    'login.microsoftonline.com': () => ({ status: 200, body: { access_token: 'entra-token' } }),
    'shop.azurecr.io': ({ path }) =>
      path === '/oauth2/exchange' ? { status: 200, body: { refresh_token: 'acr-token' } } : registry,
    [ecr]: () => registry,
    'europe-west1-docker.pkg.dev': () => registry,
  };
  const registry: Page = { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } };
  const sites: Record<string, Site> = Object.fromEntries(
    Object.entries(known).map(([host, page]) => [host, (visit: Visit) => answers[host] ?? page(visit)]),
  );
  const key = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();

  beforeAll(async () => {
    [oidc, internet] = await Promise.all([startOidc(), startInternet(Object.keys(known), () => sites)]);
  });
  afterAll(() => Promise.all([oidc?.close(), internet?.close()]));
  beforeEach(() => {
    answers = {};
    internet.visits.length = 0;
  });

  const verify = (inputs: Record<string, string>, env: Readonly<Record<string, string>> = oidc.env) =>
    runBundle({
      action,
      inputs: {
        phase: 'verify',
        'verify-key': key,
        digests: `sha256:${'0'.repeat(64)}`,
        retries: '0',
        ...inputs,
      },
      env: { ...internet.env, ...env },
    });

  const form = (visit: Visit | undefined) => Object.fromEntries(new URLSearchParams(visit?.body));
  const claims = (token = '') => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  const basic = (user: string, password: string) =>
    `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

  it('at Amazon ECR', async () => {
    const result = await verify({
      image: `${ecr}/shop`,
      'aws-role': 'arn:aws:iam::123456789012:role/pusher',
    });
    const [sts, api, first, second] = internet.visits;
    expect(sts?.path).toBe('/');
    expect(form(sts)).toMatchObject({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: 'arn:aws:iam::123456789012:role/pusher',
      RoleSessionName: 'fairway-1000',
      DurationSeconds: '900',
    });
    expect(claims(form(sts).WebIdentityToken)).toMatchObject({
      aud: 'sts.amazonaws.com',
      repository: 'acme/photo-app',
    });
    expect(api?.headers).toMatchObject({
      'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
      'x-amz-security-token': 'session-token-1',
      authorization: expect.stringMatching(/Credential=ASIA1\/\d{8}\/eu-central-1\/ecr\/aws4_request/),
    });
    expect(first?.headers.authorization).toBeUndefined();
    expect(second?.headers.authorization).toBe(basic('AWS', 'ecr-password'));
    expect(result.masks).toEqual(
      expect.arrayContaining([
        'top-secret-key',
        'session-token-1',
        Buffer.from('AWS:ecr-password').toString('base64'),
        'ecr-password',
      ]),
    );
    expect(result.problems).toEqual([]);
  });

  it('at Google’s Artifact Registry, as a service account', async () => {
    const account = 'pusher@acme.iam.gserviceaccount.com';
    await verify({
      image: 'europe-west1-docker.pkg.dev/acme/shop/web',
      'gcp-provider': provider,
      'gcp-service-account': account,
    });
    const [sts, iam, , asked] = internet.visits;
    expect(sts?.path).toBe('/v1/token');
    const request = JSON.parse(sts?.body ?? '');
    expect(request).toMatchObject({
      audience: `//iam.googleapis.com/${provider}`,
      grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requestedTokenType: 'urn:ietf:params:oauth:token-type:access_token',
      subjectTokenType: 'urn:ietf:params:oauth:token-type:jwt',
    });
    expect(claims(request.subjectToken).aud).toBe(`https://iam.googleapis.com/${provider}`);
    expect(iam?.path).toBe(`/v1/projects/-/serviceAccounts/${account}:generateAccessToken`);
    expect(iam?.headers.authorization).toBe('Bearer federated-token');
    expect(asked?.headers.authorization).toBe(basic('oauth2accesstoken', 'account-token'));
  });

  it('at Google’s Artifact Registry, as itself', async () => {
    const result = await verify({
      image: 'europe-west1-docker.pkg.dev/acme/shop/web',
      'gcp-provider': provider,
    });
    expect(internet.visits[2]?.headers.authorization).toBe(basic('oauth2accesstoken', 'federated-token'));
    expect(result.masks).toContain('federated-token');
  });

  it('at Azure Container Registry', async () => {
    const result = await verify({
      image: 'shop.azurecr.io/web',
      'azure-client-id': client,
      'azure-tenant-id': tenant,
    });
    const [entra, exchange, , asked] = internet.visits;
    expect(entra?.path).toBe(`/${tenant}/oauth2/v2.0/token`);
    expect(form(entra)).toMatchObject({
      client_id: client,
      scope: 'https://containerregistry.azure.net/.default',
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    expect(claims(form(entra).client_assertion).aud).toBe('api://AzureADTokenExchange');
    expect(form(exchange)).toEqual({
      grant_type: 'access_token',
      service: 'shop.azurecr.io',
      tenant,
      access_token: 'entra-token',
    });
    expect(asked?.headers.authorization).toBe(basic('00000000-0000-0000-0000-000000000000', 'acr-token'));
    expect(result.masks).toEqual(expect.arrayContaining(['entra-token', 'acr-token']));
  });

  it('refused, it says who refused, why, and what to look at, and shows no token', async () => {
    answers = {
      'sts.eu-central-1.amazonaws.com': {
        status: 403,
        body: '<ErrorResponse><Error><Code>AccessDenied</Code><Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message></Error></ErrorResponse>',
      },
    };
    const result = await verify({ image: `${ecr}/shop`, 'aws-role': 'arn:aws:iam::123456789012:role/other' });
    const errors = result.commands.filter(({ name }) => name === 'error').map(({ message }) => message);
    expect(errors).toEqual([
      expect.stringMatching(
        /AWS \(STS\) refused this job’s identity with 403: Not authorized[\s\S]*trust policy/,
      ),
    ]);
    expect(result.stdout.replaceAll(/^::add-mask::.*$/gm, '')).not.toMatch(/eyJ/);
    expect(internet.visits).toHaveLength(1);
  });

  it('where a service fails for a moment it is asked again', async () => {
    let asked = 0;
    const once = sites['sts.googleapis.com'] as (visit: Visit) => Page;
    sites['sts.googleapis.com'] = (visit) => (asked++ === 0 ? { status: 503 } : once(visit));
    await verify({ image: 'europe-west1-docker.pkg.dev/a/b', 'gcp-provider': provider, retries: '1' });
    sites['sts.googleapis.com'] = once;
    expect(asked).toBe(2);
    expect(internet.visits.at(-1)?.headers.authorization).toBe(basic('oauth2accesstoken', 'federated-token'));
  });

  it('a job without an identity goes on where nothing is pushed, and says the line that is missing where it is', async () => {
    const image = `${ecr}/shop`;
    const inputs = { image, 'aws-role': 'arn:aws:iam::123456789012:role/pusher' };
    const reading = await verify(inputs, {});
    expect(reading.log).toContain('may not ask for an identity token');
    const pushing = await verify({ ...inputs, phase: 'push', layout: '.' }, {});
    expect(pushing.log).toMatch(/'id-token: write' under the job's 'permissions:'/);
  });
});

describe('logins that cannot be followed', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    [
      'a role for a registry of nobody’s',
      { image: 'ghcr.io/a/b', 'aws-role': 'arn:aws:iam::123456789012:role/r' },
      /'aws-role' is given, and nothing here/,
    ],
    [
      'half an application',
      { image: 'shop.azurecr.io/a', 'azure-client-id': client },
      /azure-tenant-id must be given/,
    ],
    [
      'a role that is none',
      { image: `${ecr}/a`, 'aws-role': 'pusher' },
      /'aws-role' is 'pusher', which is none/,
    ],
    [
      'a provider with a way out of it',
      { image: 'gcr.io/a/b', 'gcp-provider': '../../x' },
      /'gcp-provider' is/,
    ],
    [
      'a password in the line',
      { image: 'ghcr.io/a/b', logins: 'docker.io me hunter2-hunter2' },
      /not of the form/,
    ],
    [
      'a password from nowhere',
      { image: 'ghcr.io/a/b', logins: 'docker.io me UNSET_HERE' },
      /UNSET_HERE, which is not set/,
    ],
    ['a registry that wants a password', { image: 'ghcr.io/a/b', logins: 'quay.io' }, /not of the form/],
    [
      'two for one registry',
      { image: 'docker.io/a/b', username: 'a', password: 'b-b-b-b', logins: 'index.docker.io me PATH' },
      /two logins/,
    ],
  ])('%s', async (_, inputs, message) => {
    const result = await runBundle({ action, inputs: { ...inputs, phase: 'push', layout: '.' } });
    const errors = result.commands.filter(({ name }) => name === 'error').map(({ message: text }) => text);
    expect(errors).toEqual([expect.stringMatching(message)]);
    expect(result.log).not.toContain('hunter2');
  });
});
