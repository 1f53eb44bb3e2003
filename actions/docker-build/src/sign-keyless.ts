import { group, idToken, info } from '@fairway/action-kit';
import { keepBundle, keepTagged, type SigstoreServices } from '@fairway/image-signature';
import { signKeyless } from '@fairway/image-signature/keyless-sign';
import { type Job, opened } from './job.js';
import { claimsOf } from './sign.js';

/** Who may use the token: the certificate authority alone. Source: sigstore/fulcio, docs/oidc.md, "Audience". */
const AUDIENCE = 'sigstore';

/** Signs the digest that was pushed with this job's identity, and keeps the signature beside it in cosign's two forms. */
export async function signWithIdentity(
  { inputs, where, registry, account }: Job,
  services: SigstoreServices,
): Promise<void> {
  await group('Sign with this job’s identity', async () => {
    const { repository } = opened(registry);
    const image = inputs.image.full;
    const token = await idToken(AUDIENCE);
    const made = await signKeyless(image, account.digest, claimsOf(where), { services, token });
    account.signer = { identity: made.identity, issuer: made.issuer };
    const bundle = await keepBundle(repository, account.digest, made.bundle);
    info(`Signed ${account.digest} as ${made.identity}: ${image}@${bundle}`);
    info(`On record in ${services.rekor.url} under the number ${made.logIndex}.`);
    account.signature = `${image}@${bundle}`;
    if (made.simple) {
      const tag = await keepTagged(repository, account.digest, made.simple);
      account.signature = `${image}:${tag}`;
    }
    account.checks.push('signed without a key');
  });
}
