import { idToken, mask } from '@fairway/action-kit';
import { askTokenService, textIn } from './token-service.js';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/**
 * An access token, good for an hour, as the password: of the service account, or, where none is named, of the identity
 * itself. Sources: Google's docs, "Method: token" of the Security Token Service, "generateAccessToken", "Artifact
 * Registry: access token"; google-github-actions/auth for the audience.
 */
export async function googlePassword(
  provider: string,
  serviceAccount: string,
  retries: number,
): Promise<{ readonly username: string; readonly password: string }> {
  const sts = 'Google Cloud (STS)';
  const federated = await askTokenService(
    {
      who: sts,
      url: 'https://sts.googleapis.com/v1/token',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        audience: `//iam.googleapis.com/${provider}`,
        grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
        requestedTokenType: 'urn:ietf:params:oauth:token-type:access_token',
        scope: SCOPE,
        subjectTokenType: 'urn:ietf:params:oauth:token-type:jwt',
        subjectToken: await idToken(`https://iam.googleapis.com/${provider}`),
      }),
      remedy:
        'Check  gcp-provider  (projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER), that the provider trusts token.actions.githubusercontent.com, and its attribute condition.',
    },
    retries,
  );
  const own = textIn(federated, sts, 'access_token');
  mask(own);
  if (serviceAccount === '') return login(own);
  const iam = 'Google Cloud (IAM)';
  const account = await askTokenService(
    {
      who: iam,
      url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${serviceAccount}:generateAccessToken`,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${own}` },
      body: JSON.stringify({ scope: [SCOPE], lifetime: '3600s' }),
      remedy:
        'Check  gcp-service-account, and give the identity of this repository  roles/iam.workloadIdentityUser  on it.',
    },
    retries,
  );
  const token = textIn(account, iam, 'accessToken');
  mask(token);
  return login(token);
}

function login(token: string) {
  return { username: 'oauth2accesstoken', password: token };
}
