import { group, info } from '@fairway/action-kit';
import { type Claims, openTrust, signerOf, verifyImage } from '@fairway/image-signature';
import { type Job, opened } from './job.js';

/**
 * Refuses an image that nobody signed, that somebody else signed, or that was built elsewhere than is claimed.
 * @throws ActionError 'unsigned' or 'signature-refused'
 */
export async function verifyPhase({ inputs, registry, account }: Job): Promise<void> {
  const [digest] = inputs.digests;
  if (digest === undefined) throw new Error('The inputs were not checked.');
  const { claims } = inputs.trust;
  const trust = await openTrust(inputs.trust.verify);
  account.digest = digest;
  await group('Verify', async () => {
    const wanted = { image: inputs.image.full, digest, claims };
    account.signature = await verifyImage(opened(registry).repository, wanted, trust);
    account.checks.push('signature verified');
    info(`${digest} is signed by ${signerOf(trust)}; ${words(claims)}.`);
  });
}

function words(claims: Claims): string {
  const pairs = Object.entries(claims).map(([name, value]) => `${name} ${value}`);
  return pairs.length === 0 ? 'no claims were asked for' : pairs.join(', ');
}
