import type { KeyObject } from 'node:crypto';
import { type Context, group, info } from '@fairway/action-kit';
import {
  type Claims,
  isSignedBy,
  listedSignatures,
  payloadOf,
  signatureConfig,
  signatureManifest,
  signatureTag,
  signPayload,
} from '@fairway/image-signature';
import { type Job, opened } from './job.js';

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

/** What a signature claims of the run that made it. */
export function claimsOf(where: Context, env: Readonly<NodeJS.ProcessEnv> = process.env): Claims {
  const claims = {
    repository: where.repository,
    ref: where.ref,
    sha: where.sha,
    workflow: env.GITHUB_WORKFLOW_REF ?? '',
    run: where.runUrl,
  };
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== ''));
}

/** Signs the digest that was pushed and keeps the signature beside it, next to any that is there already. */
export async function sign({ inputs, where, registry, account }: Job, key: KeyObject): Promise<void> {
  await group('Sign', async () => {
    const { repository } = opened(registry);
    const tag = signatureTag(account.digest);
    const payload = payloadOf(inputs.image.full, account.digest, claimsOf(where));
    const mine = {
      digest: await repository.putBlob(payload),
      size: Buffer.byteLength(payload),
      signature: signPayload(payload, key),
    };
    const earlier = listedSignatures((await repository.find(tag))?.text ?? '{}');
    // The same words signed with the same key before are replaced; those of other keys stay.
    const others = earlier.filter(
      ({ digest, signature }) => digest !== mine.digest || !isSignedBy(payload, signature, key),
    );
    const layers = [...others, mine];
    const config = signatureConfig(layers.map(({ digest }) => digest));
    const configBlob = { digest: await repository.putBlob(config), size: Buffer.byteLength(config) };
    await repository.put(tag, MANIFEST_TYPE, signatureManifest(configBlob, layers));
    account.signature = `${inputs.image.full}:${tag}`;
    account.checks.push('signed');
    info(`Signed ${account.digest}: ${account.signature}`);
  });
}
