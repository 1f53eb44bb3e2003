import { ActionError, lines, mask, secret, text } from '@fairway/action-kit';
import { credentialKey, type Login } from '@fairway/image-registry';
import { type CloudRegistry, cloudOf } from './identity/registry-cloud.js';

/** A registry whose password this job's identity is exchanged for. */
export interface IdentityLogin {
  readonly registry: string;
  readonly place: CloudRegistry;
  readonly account: CloudAccounts;
}

/** Who the job is in each cloud; empty where it is nobody. */
export interface CloudAccounts {
  readonly awsRole: string;
  readonly gcpProvider: string;
  readonly gcpServiceAccount: string;
  readonly azureClientId: string;
  readonly azureTenantId: string;
}

export interface LoginInputs {
  readonly logins: readonly Login[];
  readonly identities: readonly IdentityLogin[];
}

/**
 * Who logs in where: with a password, or with this job's identity (OIDC) and no password at all.
 * @param image the registry of the image
 */
export function readLogins(image: string): LoginInputs {
  const own = readPassword(); // first of all, so that it is masked before anything is said
  const further = lines('logins').map(parseLogin);
  const account = readAccounts();
  const registry = text('registry', { default: image });
  const logins = [...(own ? [{ registry, ...own }] : []), ...further.filter((one) => 'password' in one)];
  const identities = [
    ...(own === undefined && isKnown(account, registry) ? [registry] : []),
    ...further.flatMap((one) => ('password' in one ? [] : [one.registry])),
  ].map((name) => identityFor(name, account));
  refuseTwice([...logins, ...identities].map((one) => one.registry));
  refuseUnused(account, identities, registry);
  return { logins, identities };
}

function readPassword(): { readonly username: string; readonly password: string } | undefined {
  const password = secret('password');
  const username = text('username');
  if (username === '' && password === '') return undefined;
  if (username === '' || password === '') {
    const [missing, present] = username === '' ? ['username', 'password'] : ['password', 'username'];
    throw new ActionError('bad-input', `The input '${present}' is given, and '${missing}' is empty.`, {
      remedy: `Give both, for example  username: \${{ github.actor }}  and  password: \${{ github.token }}. A secret that does not exist, or a run from a fork, gives an empty value.`,
    });
  }
  if (username.includes(':')) {
    throw new ActionError('bad-input', "The input 'username' holds a ':', which no registry's login can.", {
      remedy: 'Give the name alone under username, and the rest under password.',
    });
  }
  return { username, password };
}

/** `registry username PASSWORD_ENV`, or a registry alone. The line is not quoted back: it may hold what it must not. */
function parseLogin(line: string): Login | { readonly registry: string } {
  const [registry = '', username, variable, ...more] = line.split(/\s+/);
  if (!/^[a-z0-9][a-z0-9.-]*(?::\d+)?$/i.test(registry) || more.length > 0) throw badLogin('A line');
  if (username === undefined) return { registry };
  if (username.includes(':') || variable === undefined || !/^[A-Za-z_]\w*$/.test(variable))
    throw badLogin(`The line for ${registry}`);
  const password = process.env[variable];
  if (!password) {
    throw new ActionError(
      'bad-input',
      `The password for ${registry} is to come from the variable ${variable}, which is not set.`,
      {
        remedy: `Give it to the step under 'env:'  ${variable}: \${{ secrets.${variable} }}. A secret that does not exist, or a run from a fork, gives an empty value.`,
      },
    );
  }
  mask(password);
  return { registry, username, password };
}

function badLogin(what: string): ActionError {
  return new ActionError(
    'bad-input',
    `${what} of the input 'logins' is not of the form  registry username PASSWORD_ENV, or a cloud's registry alone.`,
    {
      remedy: `Name where the password is, never the password:\n  logins: docker.io acme HUB_TOKEN\nand give it to the step under 'env:'  HUB_TOKEN: \${{ secrets.HUB_TOKEN }}`,
    },
  );
}

function readAccounts(): CloudAccounts {
  const account = {
    awsRole: matching(
      'aws-role',
      /^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
      'arn:aws:iam::123456789012:role/pusher',
    ),
    gcpProvider: matching(
      'gcp-provider',
      /^projects\/\d+\/locations\/global\/workloadIdentityPools\/[\w-]+\/providers\/[\w-]+$/,
      'projects/123/locations/global/workloadIdentityPools/github/providers/acme',
    ),
    gcpServiceAccount: matching(
      'gcp-service-account',
      /^[\w.-]+@[\w.-]+$/,
      'pusher@acme.iam.gserviceaccount.com',
    ),
    azureClientId: matching('azure-client-id', UUID, '00000000-0000-0000-0000-000000000000'),
    azureTenantId: matching('azure-tenant-id', UUID, '00000000-0000-0000-0000-000000000000'),
  };
  if (account.gcpServiceAccount !== '' && account.gcpProvider === '') {
    throw new ActionError(
      'bad-input',
      "The input 'gcp-service-account' is given without 'gcp-provider', through which the job would act as it.",
      {
        remedy:
          'Add  gcp-provider: projects/123/locations/global/workloadIdentityPools/github/providers/acme',
      },
    );
  }
  return account;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** These become part of addresses and requests, so that they are what they should be or nothing. */
function matching(name: string, pattern: RegExp, example: string): string {
  const given = text(name);
  if (given === '' || pattern.test(given)) return given;
  throw new ActionError('bad-input', `The input '${name}' is '${given.slice(0, 150)}', which is none.`, {
    remedy: `Write it as  ${name}: ${example}`,
  });
}

const NEEDED = {
  aws: [['aws-role', 'awsRole']],
  google: [['gcp-provider', 'gcpProvider']],
  azure: [
    ['azure-client-id', 'azureClientId'],
    ['azure-tenant-id', 'azureTenantId'],
  ],
} as const satisfies Record<CloudRegistry['cloud'], readonly (readonly [string, keyof CloudAccounts])[]>;

function isKnown(account: CloudAccounts, registry: string): boolean {
  const place = cloudOf(registry);
  return place !== undefined && NEEDED[place.cloud].some(([, key]) => account[key] !== '');
}

function identityFor(registry: string, account: CloudAccounts): IdentityLogin {
  const place = cloudOf(registry);
  if (place === undefined) throw badLogin(`The line for ${registry}`);
  const missing = NEEDED[place.cloud].flatMap(([input, key]) => (account[key] === '' ? [input] : []));
  if (missing.length === 0) return { registry, place, account };
  throw new ActionError('bad-input', `To log in to ${registry}, ${missing.join(' and ')} must be given.`, {
    remedy: `Give ${missing.map((input) => `'${input}'`).join(' and ')}, or a user and a password.`,
  });
}

function refuseTwice(registries: readonly string[]): void {
  const keys = registries.map(credentialKey);
  const twice = registries.find((_, index) => keys.indexOf(keys[index] ?? '') < index);
  if (twice === undefined) return;
  throw new ActionError('bad-input', `There are two logins for ${twice}.`, {
    remedy: "Keep one of them; 'username' and 'password' are for the registry of the image.",
  });
}

/** An account that is for none of the registries would look as if it were used. */
function refuseUnused(account: CloudAccounts, identities: readonly IdentityLogin[], registry: string): void {
  const used = new Set(identities.map(({ place }) => place.cloud));
  for (const cloud of ['aws', 'google', 'azure'] as const) {
    const given = NEEDED[cloud].find(([, key]) => account[key] !== '');
    if (given === undefined || used.has(cloud)) continue;
    const names = {
      aws: 'Amazon ECR',
      google: 'Google Artifact Registry',
      azure: 'Azure Container Registry',
    };
    throw new ActionError(
      'bad-input',
      `The input '${given[0]}' is given, and nothing here is logged in to with it: ${registry} is not known as ${names[cloud]}, or has a password.`,
      {
        remedy: `Leave '${given[0]}' out, or name the cloud's registry under 'logins'.`,
      },
    );
  }
}
