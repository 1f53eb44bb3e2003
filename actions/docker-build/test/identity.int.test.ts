import { request } from 'node:http';
import { join } from 'node:path';
import { type OidcService, startOidc } from '@fairway/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { signedHeaders } from '../src/identity/signature-v4.ts';
import { type Internet, type Page, type Site, startInternet, type Visit } from './real/internet.ts';
import { guardAws, missing, moto, type Part, startAws, startRegistry } from './real/parts.ts';
import { Workshop } from './real/workshop.ts';

const ecr = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const role = 'arn:aws:iam::123456789012:role/pusher';
const [sts, api] = ['sts.eu-central-1.amazonaws.com', 'api.ecr.eu-central-1.amazonaws.com'];
const absent = missing || (moto === undefined ? 'moto_server' : '');

describe.skipIf(absent !== '')(
  `a login without a password${absent && ` (missing: ${absent})`}, at AWS’s API as moto runs it and a real registry under ECR’s name`,
  () => {
    let shop: Workshop;
    let oidc: OidcService;
    let aws: Part;
    let registry: Part;
    let internet: Internet;

    beforeAll(async () => {
      [shop, oidc, aws] = await Promise.all([Workshop.open(), startOidc(), startAws()]);
      internet = await startInternet([sts, api, ecr], async (folder) => {
        const tls = { certificate: join(folder, 'server.pem'), key: join(folder, 'server.key') };
        registry = await startRegistry({ guarded: true, tls });
        return {
          // Taking on a role is the one request without a signature, which moto takes only while nothing is guarded.
          [sts]: guarded(aws, false),
          [api]: guarded(aws, true),
          [ecr]: { port: Number(registry.address.split(':')[1]) },
        } satisfies Record<string, Site>;
      });
      await iam(aws, { Action: 'CreateRole', RoleName: 'pusher', AssumeRolePolicyDocument: policy('sts:*') });
      await iam(aws, { Action: 'CreateRole', RoleName: 'idle', AssumeRolePolicyDocument: policy('sts:*') });
      const allowed = { PolicyName: 'push', PolicyDocument: policy('ecr:GetAuthorizationToken') };
      await iam(aws, { Action: 'PutRolePolicy', RoleName: 'pusher', ...allowed });
    });
    afterAll(async () => {
      await internet?.close();
      await Promise.all([shop?.close(), oidc?.close(), aws?.stop(), registry?.stop()]);
    });
    beforeEach(() => shop.freshWorkspace());

    const push = (more: Record<string, string>) =>
      shop.run(
        {
          image: `${ecr}/shop`,
          push: 'true',
          cache: 'none',
          'registry-insecure': 'false',
          'registry-ca': internet.ca,
          ...more,
        },
        { env: { ...oidc.env, ...internet.env } },
      );

    it('pushes with what the role is given', async () => {
      const result = await push({ 'aws-role': role });
      expect(result.errors).toEqual([]);
      expect(result.outputs).toMatchObject({
        pushed: 'true',
        reference: `${ecr}/shop@${result.outputs.digest}`,
      });
      expect(result.log).toContain(`Logged in to ${ecr} with this job’s identity.`);
      const hidden = [...result.masks].filter((mask) => mask.length > 20);
      expect(hidden.length).toBeGreaterThanOrEqual(3);
      for (const mask of hidden) expect(result.log.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain(mask);
    });

    it('says what a role lacks that may not ask the registry', async () => {
      const result = await push({ 'aws-role': role.replace('pusher', 'idle') });
      expect(result.errors).toEqual([
        expect.stringMatching(
          /Amazon ECR refused this job’s identity with 403: .*[\s\S]*ecr:GetAuthorizationToken/,
        ),
      ]);
      expect(result.log).not.toContain('▸');
    });
  },
);

function policy(action: string): string {
  const Statement = [{ Effect: 'Allow', Action: action, Resource: '*' }];
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

/** On to moto with the host's own name, which tells it the service. */
function guarded(aws: Part, on: boolean) {
  return async ({ host, headers, body }: Visit): Promise<Page> => {
    await guardAws(aws, on);
    return forward(aws, { ...headers, host }, body);
  };
}

async function iam(aws: Part, parameters: Record<string, string>): Promise<void> {
  const body = new URLSearchParams({ Version: '2010-05-08', ...parameters }).toString();
  const headers = signedHeaders(
    {
      host: 'iam.amazonaws.com',
      region: 'us-east-1',
      service: 'iam',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
    },
    { accessKeyId: 'root', secretAccessKey: 'root' },
    new Date(),
  );
  const { status } = await forward(aws, headers, body);
  if (status !== 200) throw new Error(`moto's IAM answered ${status}`);
}

function forward(
  aws: Part,
  headers: Readonly<Record<string, string | undefined>>,
  body: string,
): Promise<Page> {
  const { port } = new URL(aws.address);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, method: 'POST', path: '/', headers },
      async (answer) => {
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk as Buffer);
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
      },
    );
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
