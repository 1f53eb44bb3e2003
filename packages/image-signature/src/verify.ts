import type { KeyObject } from 'node:crypto';
import { ActionError } from '@fairway/action-kit';
import {
  type Claims,
  type FoundSignature,
  flawOf,
  listedSignatures,
  sha256,
  signatureTag,
} from './signature.js';

/** Where an image's signatures are read: the repository that the image is in. */
export interface SignatureStore {
  find(reference: string): Promise<{ readonly text: string; readonly digest: string } | undefined>;
  blob(digest: string): Promise<string>;
}

/** Which image must be signed, and what the signature must say of it. */
export interface Wanted {
  /** `registry/repository` */
  readonly image: string;
  readonly digest: string;
  readonly claims: Claims;
}

/** Whose signature counts. */
export interface Trust {
  readonly key: KeyObject;
}

/**
 * Refuses an image that nobody signed, that somebody else signed, or that was built elsewhere than is claimed.
 * @returns where the signature is that counts
 * @throws ActionError 'unsigned' or 'signature-refused'
 */
export async function verifyImage(store: SignatureStore, wanted: Wanted, trust: Trust): Promise<string> {
  const found = await signaturesOf(store, wanted.digest);
  const flaws = found.map((one) => flawOf(one, trust.key, wanted));
  if (!flaws.includes(undefined)) throw refused(wanted, flaws);
  return `${wanted.image}:${signatureTag(wanted.digest)}`;
}

async function signaturesOf(store: SignatureStore, digest: string): Promise<FoundSignature[]> {
  const manifest = await store.find(signatureTag(digest));
  const listed = listedSignatures(manifest?.text ?? '{}');
  const found: FoundSignature[] = [];
  for (const { digest: blob, signature } of listed) {
    const payload = await store.blob(blob);
    if (sha256(payload) === blob) found.push({ payload, signature });
  }
  return found;
}

function refused({ image, digest }: Wanted, flaws: readonly (string | undefined)[]): ActionError {
  if (flaws.length === 0) {
    return new ActionError('unsigned', `${image}@${digest} is not signed.`, {
      remedy: 'Deploy an image that this pipeline built:  sign-key  in the step that builds it signs it.',
    });
  }
  return new ActionError(
    'signature-refused',
    `No signature of ${image}@${digest} counts: ${flaws.join('; ')}.`,
    {
      remedy:
        'Do not deploy it. If it is the right image, check  verify-key  and  verify-claims  against how it was built.',
    },
  );
}
