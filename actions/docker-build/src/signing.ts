import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ActionError } from '@fairway/action-kit';
import type { SigstoreServices } from '@fairway/image-signature';
import type { Inputs } from './inputs.js';
import { type Job, opened } from './job.js';
import type { Out } from './outputs.js';
import type { Account } from './summary.js';
import type { TrustInputs } from './trust-inputs.js';

/** What the pushed image will be signed with. */
export interface Signing {
  readonly key?: KeyObject;
  /** Where it is signed with this job's identity. */
  readonly services?: SigstoreServices;
}

/**
 * Reads what signing needs, before anything is built: what cannot be signed must not cost a build.
 * @throws ActionError 'bad-key', 'bad-input' or 'no-identity'
 */
export async function openSigning(trust: TrustInputs): Promise<Signing> {
  const { parseSigningConfig, PUBLIC_SERVICES, readPrivateKey } = await import('@fairway/image-signature');
  const key = trust.signKey === '' ? undefined : readPrivateKey(trust.signKey, trust.signKeyPassword);
  if (!trust.signKeyless) return { ...(key && { key }) };
  if (!process.env.ACTIONS_ID_TOKEN_REQUEST_URL) {
    throw new ActionError(
      'no-identity',
      "The input 'sign-keyless' is true, and this job has no identity to sign with.",
      {
        remedy:
          "Add 'id-token: write' under the job's 'permissions:', and under those of the job that calls this workflow. Pull requests from forks have none: sign only what is pushed.",
      },
    );
  }
  const services =
    trust.signingConfig === ''
      ? PUBLIC_SERVICES
      : parseSigningConfig(await readFile(trust.signingConfig, 'utf8'), new Date());
  return { ...(key && { key }), services };
}

/**
 * Signs image after image; the first that fails ends it.
 * @param runOne one run of the action, for one image
 */
export async function signEach(
  inputs: Inputs,
  outputs: Out,
  runOne: (inputs: Inputs) => Promise<Account>,
): Promise<void> {
  const signatures: string[] = [];
  for (const { image, digest } of inputs.signables) {
    const { signature = '' } = await runOne({ ...inputs, image, digests: [digest] });
    signatures.push(signature);
  }
  outputs.set('signature', signatures.join('\n'));
  if (signatures.length > 1) for (const name of ['digest', 'reference'] as const) outputs.set(name, '');
}

/**
 * Signs what is in the registry already, in a job that does nothing else and runs nothing of the repository.
 * @throws ActionError 'registry-missing'
 */
export async function signPhase(job: Job, signing: Signing | undefined): Promise<void> {
  const [digest] = job.inputs.digests;
  if (digest === undefined || signing === undefined) throw new Error('The inputs were not checked.');
  await opened(job.registry).repository.manifest(digest);
  job.account.digest = digest;
  await signImage(job, signing);
}

/** Signs the digest that was pushed, in each way that is asked for. */
export async function signImage(job: Job, { key, services }: Signing): Promise<void> {
  if (key) await (await import('./sign.js')).sign(job, key);
  if (services) await (await import('./sign-keyless.js')).signWithIdentity(job, services);
}
