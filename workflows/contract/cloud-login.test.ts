import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { action } from './repository.ts';

describe('cloud-login', () => {
  const [check] = action('cloud-login').runs.steps ?? [];
  const none = Object.fromEntries(Object.keys(check?.env ?? {}).map((name) => [name, '']));
  const id = '00000000-0000-0000-0000-000000000000';
  const identity = { ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.example' };
  const azure = { AZURE_CLIENT: id, AZURE_TENANT: 'acme.onmicrosoft.com', AZURE_SUBSCRIPTION: id };

  it.each<[string, Record<string, string>, RegExp | undefined]>([
    ['nothing', {}, undefined],
    ['AWS', { ...identity, AWS_ROLE: 'arn', REGION: 'eu-central-1', EKS: 'shop' }, undefined],
    ['a role without an identity', { AWS_ROLE: 'arn', REGION: 'eu-central-1' }, /id-token: write/],
    ['a role without a region', { ...identity, AWS_ROLE: 'arn' }, /aws-region: eu-central-1/],
    ['a cluster without a region', { EKS: 'shop' }, /aws-region: eu-central-1/],
    ['Azure', { ...identity, ...azure, AKS: 'shop-rg/shop' }, undefined],
    ['half of Azure', { ...identity, AZURE_CLIENT: id }, /azure-subscription-id/],
    ['a line break in an id', { ...identity, ...azure, AZURE_TENANT: 'x\nLD_PRELOAD=y' }, /is no id/],
    ['AKS without its group', { AKS: 'shop' }, /RESOURCE-GROUP\/NAME/],
    ['GKE', { ...identity, GCP_PROVIDER: 'p', GKE: 'projects/a/locations/b/clusters/c' }, undefined],
    ['GKE by its short name', { GKE: 'shop' }, /projects\/acme/],
  ])('checks %s before it logs in', (_, given, complaint) => {
    const { PATH = '' } = process.env;
    const result = spawnSync(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', '-c', check?.run ?? 'exit 9'],
      {
        env: { PATH, ...none, ...given },
        encoding: 'utf8',
      },
    );
    expect(result.stderr).toBe('');
    expect(result.status).toBe(complaint === undefined ? 0 : 1);
    expect(result.stdout).toMatch(complaint ?? /^$/);
  });
});
