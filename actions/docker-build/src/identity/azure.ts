import { idToken, mask } from '@fairway/action-kit';
import type { CloudRegistry } from './registry-cloud.js';
import { askTokenService, textIn } from './token-service.js';

/** What the registry takes as the name of who shows a token instead of a password. Source: Azure's docs, "az acr login". */
const TOKEN_USER = '00000000-0000-0000-0000-000000000000';

/**
 * The directory's token for the application, exchanged for the registry's own, which is good for three hours.
 * Sources: Microsoft's docs, "OAuth 2.0 client credentials flow" with a federated credential; Azure/acr, AAD-OAuth.md.
 */
export async function acrPassword(
  registry: string,
  { authority }: Extract<CloudRegistry, { cloud: 'azure' }>,
  { clientId, tenantId }: { readonly clientId: string; readonly tenantId: string },
  retries: number,
): Promise<{ readonly username: string; readonly password: string }> {
  const form = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  const directory = 'Microsoft Entra';
  const ofDirectory = await askTokenService(
    {
      who: directory,
      url: `https://${authority}/${tenantId}/oauth2/v2.0/token`,
      headers: form,
      body: new URLSearchParams({
        client_id: clientId,
        scope: 'https://containerregistry.azure.net/.default',
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await idToken('api://AzureADTokenExchange'),
      }).toString(),
      remedy:
        'Check  azure-client-id  and  azure-tenant-id, and that the application has a federated credential for this repository and ref (or environment).',
    },
    retries,
  );
  const access = textIn(ofDirectory, directory, 'access_token');
  mask(access);
  const who = `The registry ${registry}`;
  const ofRegistry = await askTokenService(
    {
      who,
      url: `https://${registry}/oauth2/exchange`,
      headers: form,
      body: new URLSearchParams({
        grant_type: 'access_token',
        service: registry,
        tenant: tenantId,
        access_token: access,
      }).toString(),
      remedy:
        'Give the application the role AcrPush on the registry (AcrPull where it only reads), and check that the registry takes tokens of the directory.',
    },
    retries,
  );
  const password = textIn(ofRegistry, who, 'refresh_token');
  mask(password);
  return { username: TOKEN_USER, password };
}
