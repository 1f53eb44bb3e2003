import { context, group, info, warning } from '@fairway/action-kit';
import { credentialKey, type Login } from '@fairway/image-registry';
import type { IdentityLogin } from './login-inputs.js';

/** The login for a registry, whichever of its names it goes by. */
export function loginFor(logins: readonly Login[], registry: string): Login | undefined {
  const found = logins.find((login) => credentialKey(login.registry) === credentialKey(registry));
  return found && { ...found, registry };
}

/**
 * Exchanges this job's identity for the passwords of clouds' registries. Where nothing is pushed it goes on without, if
 * the job has no identity: pull requests from forks have none.
 */
export async function identityLogins(
  identities: readonly IdentityLogin[],
  options: { readonly push: boolean; readonly retries: number },
): Promise<Login[]> {
  if (identities.length === 0) return [];
  if (!options.push && !process.env.ACTIONS_ID_TOKEN_REQUEST_URL) {
    warning(
      `This job may not ask for an identity token, so that there is no login to ${identities.map(({ registry }) => registry).join(', ')}. Nothing is pushed; images that only a login may pull will be missing.`,
    );
    return [];
  }
  return group('Log in', async () => {
    const logins: Login[] = [];
    for (const identity of identities) {
      logins.push({ registry: identity.registry, ...(await passwordFor(identity, options.retries)) });
      info(`Logged in to ${identity.registry} with this job’s identity.`);
    }
    return logins;
  });
}

async function passwordFor({ registry, place, account }: IdentityLogin, retries: number) {
  switch (place.cloud) {
    case 'aws': {
      const { ecrPassword } = await import('./identity/aws.js');
      return ecrPassword(place, account.awsRole, `fairway-${context().runId}`, retries);
    }
    case 'google': {
      const { googlePassword } = await import('./identity/google.js');
      return googlePassword(account.gcpProvider, account.gcpServiceAccount, retries);
    }
    case 'azure': {
      const { acrPassword } = await import('./identity/azure.js');
      const { azureClientId: clientId, azureTenantId: tenantId } = account;
      return acrPassword(registry, place, { clientId, tenantId }, retries);
    }
  }
}
