import { idToken, mask } from '@fairway/action-kit';
import type { CloudRegistry } from './registry-cloud.js';
import { type AwsCredentials, signedHeaders } from './signature-v4.js';
import { askTokenService, textIn, withoutField } from './token-service.js';

type EcrRegistry = Extract<CloudRegistry, { cloud: 'aws' }>;

/** `X-Amz-Target` of both registries' GetAuthorizationToken. Source: the service models of ecr and ecr-public. */
const TARGETS = {
  ecr: 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
  'ecr-public': 'SpencerFrontendService.GetAuthorizationToken',
} as const;

/** Where the API of a registry is. Source: AWS docs, "Amazon ECR endpoints and quotas". */
export function ecrHost({ service, region, suffix, fips }: EcrRegistry): string {
  return fips ? `ecr-fips.${region}.${suffix}` : `api.${service}.${region}.${suffix}`;
}

/**
 * The role, taken on for a quarter of an hour with this job's identity, asks the registry for a password, which is good
 * for twelve hours.
 */
export async function ecrPassword(
  registry: EcrRegistry,
  role: string,
  session: string,
  retries: number,
): Promise<{ readonly username: string; readonly password: string }> {
  const credentials = await takeOn(registry, role, session, retries);
  const host = ecrHost(registry);
  const request = {
    host,
    region: registry.region,
    service: registry.service,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': TARGETS[registry.service] },
    body: '{}',
  };
  const who = 'Amazon ECR';
  const answer = await askTokenService(
    {
      who,
      url: `https://${host}/`,
      headers: signedHeaders(request, credentials, new Date()),
      body: request.body,
      remedy: `Give the role  ${registry.service}:GetAuthorizationToken${registry.service === 'ecr-public' ? '  and  sts:GetServiceBearerToken' : ''}  on resource "*".`,
    },
    retries,
  );
  const path = registry.service === 'ecr' ? ['authorizationData', 0] : ['authorizationData'];
  const token = textIn(answer, who, ...path, 'authorizationToken');
  mask(token);
  const [username = '', ...rest] = Buffer.from(token, 'base64').toString('utf8').split(':');
  const password = rest.join(':');
  mask(password);
  return { username, password };
}

/** Source: AWS docs, STS API reference, AssumeRoleWithWebIdentity. It is the one request that no key signs. */
async function takeOn(
  { region, suffix }: EcrRegistry,
  role: string,
  session: string,
  retries: number,
): Promise<AwsCredentials> {
  // The audiences that aws-actions/configure-aws-credentials documents.
  const audience = suffix.endsWith('.cn') ? 'sts.amazonaws.com.cn' : 'sts.amazonaws.com';
  const body = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: role,
    RoleSessionName: session,
    DurationSeconds: '900',
    WebIdentityToken: await idToken(audience),
  });
  const answer = await askTokenService(
    {
      who: 'AWS (STS)',
      url: `https://sts.${region}.${suffix}/`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/xml' },
      body: body.toString(),
      remedy: `Check the ARN in  aws-role, that the account has the identity provider token.actions.githubusercontent.com with the audience ${audience}, and that the role's trust policy names this repository and ref (or environment) in  sub.`,
    },
    retries,
  );
  const field = (name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(answer)?.[1] ?? '';
  const credentials = {
    accessKeyId: field('AccessKeyId'),
    secretAccessKey: field('SecretAccessKey'),
    sessionToken: field('SessionToken'),
  };
  for (const [name, value] of Object.entries(credentials)) {
    if (value === '') throw withoutField('AWS (STS)', name);
    if (name !== 'accessKeyId') mask(value);
  }
  return credentials;
}
