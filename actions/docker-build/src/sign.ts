import type { KeyObject } from 'node:crypto';
import { type Context, group, info } from '@fairway/action-kit';
import { type Claims, isSignedBy, keepTagged, payloadOf, signPayload } from '@fairway/image-signature';
import { type Job, opened } from './job.js';

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
    const payload = payloadOf(inputs.image.full, account.digest, claimsOf(where));
    const mine = { payload, signature: signPayload(payload, key) };
    // The same words signed with the same key before are replaced; those of other keys stay.
    const tag = await keepTagged(opened(registry).repository, account.digest, mine, ({ signature }) =>
      isSignedBy(payload, signature, key),
    );
    account.signature = `${inputs.image.full}:${tag}`;
    account.checks.push('signed');
    info(`Signed ${account.digest}: ${account.signature}`);
  });
}
