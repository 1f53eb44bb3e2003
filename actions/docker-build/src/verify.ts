import { group, info } from '@fairway/action-kit';
import { type Claims, readPublicKey, verifyImage } from '@fairway/image-signature';
import { type Job, opened } from './job.js';

/**
 * Refuses an image that nobody signed, that another key signed, or that was built elsewhere than is claimed.
 * @throws ActionError 'unsigned' or 'signature-refused'
 */
export async function verifyPhase({ inputs, registry, account }: Job): Promise<void> {
  const [digest] = inputs.digests;
  if (digest === undefined) throw new Error('The inputs were not checked.');
  const { claims, verifyKey } = inputs.trust;
  const key = readPublicKey(verifyKey);
  account.digest = digest;
  await group('Verify', async () => {
    const wanted = { image: inputs.image.full, digest, claims };
    account.signature = await verifyImage(opened(registry).repository, wanted, { key });
    account.checks.push('signature verified');
    info(`${digest} is signed by the given key; ${words(claims)}.`);
  });
}

function words(claims: Claims): string {
  const pairs = Object.entries(claims).map(([name, value]) => `${name} ${value}`);
  return pairs.length === 0 ? 'no claims were asked for' : pairs.join(', ');
}
