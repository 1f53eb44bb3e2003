import { ActionError, group, info } from '@fairway/action-kit';
import type { Registry } from '@fairway/image-registry/open';
import {
  type Claims,
  type FoundSignature,
  flawOf,
  listedSignatures,
  readPublicKey,
  sha256,
  signatureTag,
} from '@fairway/image-signature';
import { type Job, opened } from './job.js';

/**
 * Refuses an image that nobody signed, that another key signed, or that was built elsewhere than is claimed.
 * @throws ActionError 'unsigned' or 'signature-refused'
 */
export async function verifyPhase({ inputs, registry, account }: Job): Promise<void> {
  const [digest] = inputs.digests;
  if (digest === undefined) throw new Error('The inputs were not checked.');
  const { claims } = inputs.trust;
  const key = readPublicKey(inputs.trust.verifyKey);
  account.digest = digest;
  await group('Verify', async () => {
    const found = await signaturesOf(opened(registry), digest);
    const flaws = found.map((one) => flawOf(one, key, { image: inputs.image.full, digest, claims }));
    if (!flaws.includes(undefined)) throw refused(digest, flaws);
    account.signature = `${inputs.image.full}:${signatureTag(digest)}`;
    account.checks.push('signature verified');
    info(`${digest} is signed by the given key; ${words(claims)}.`);
  });
}

async function signaturesOf({ repository }: Registry, digest: string): Promise<FoundSignature[]> {
  const manifest = await repository.find(signatureTag(digest));
  const listed = listedSignatures(manifest?.text ?? '{}');
  const found: FoundSignature[] = [];
  for (const { digest: blob, signature } of listed) {
    const payload = await repository.blob(blob);
    if (sha256(payload) === blob) found.push({ payload, signature });
  }
  return found;
}

function refused(digest: string, flaws: readonly (string | undefined)[]): ActionError {
  if (flaws.length === 0) {
    return new ActionError('unsigned', `${digest} is not signed.`, {
      remedy: 'Deploy an image that this pipeline built:  sign-key  in the step that builds it signs it.',
    });
  }
  return new ActionError('signature-refused', `No signature of ${digest} counts: ${flaws.join('; ')}.`, {
    remedy:
      'Do not deploy it. If it is the right image, check  verify-key  and  verify-claims  against how it was built.',
  });
}

function words(claims: Claims): string {
  const pairs = Object.entries(claims).map(([name, value]) => `${name} ${value}`);
  return pairs.length === 0 ? 'no claims were asked for' : pairs.join(', ');
}
