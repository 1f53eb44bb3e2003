import type { KeyObject } from 'node:crypto';
import { ActionError } from '@fairway/action-kit';
import { type Repository, referrersOf } from '@fairway/image-registry/open';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { type Bundle, keyBundleFlaw } from './bundle.js';
import { bundlesAbout, taggedSignatures } from './found.js';
import { type Claims, type FoundSignature, flawOf, signatureTag } from './signature.js';

/** Which image must be signed, and what the signature must say of it. */
export interface Wanted {
  /** `registry/repository` */
  readonly image: string;
  readonly digest: string;
  readonly claims: Claims;
}

/** Whose signature counts: the holder's of a key, or that of an identity. */
export type Trust =
  | { readonly key: KeyObject; readonly keyless?: undefined }
  | { readonly key?: undefined; readonly keyless: KeylessTrust };

export interface KeylessTrust {
  /** What the certificate must be made out to, `*` for anything. */
  readonly identity: string;
  /** Who must have vouched for that. */
  readonly issuer: string;
  readonly root: TrustedRoot;
}

/** A signature that was found, and why it does not count. */
interface Judged {
  readonly place: string;
  readonly flaw: string | undefined;
}

/**
 * Refuses an image that nobody signed, that somebody else signed, or that was built elsewhere than is claimed.
 * @returns the reference of the signature that counts
 * @throws ActionError 'unsigned' or 'signature-refused'
 */
export async function verifyImage(repository: Repository, wanted: Wanted, trust: Trust): Promise<string> {
  const flaws: string[] = [];
  for await (const { place, flaw } of judgedSignatures(repository, wanted, trust)) {
    if (flaw === undefined) return place;
    flaws.push(flaw);
  }
  throw refused(wanted, flaws);
}

/** One after the other, so that no more is read than up to the first that counts. */
async function* judgedSignatures(
  repository: Repository,
  wanted: Wanted,
  trust: Trust,
): AsyncGenerator<Judged> {
  const judge = await judgeFor(trust, wanted);
  const { image, digest } = wanted;
  for await (const { bundle, manifest } of bundlesAbout(repository, await referrersOf(repository, digest)))
    yield { place: `${image}@${manifest}`, flaw: judged(() => judge.bundle(bundle)) };
  for await (const one of taggedSignatures(repository, digest))
    yield { place: `${image}:${signatureTag(digest)}`, flaw: judged(() => judge.tagged(one)) };
}

/** Says why a signature does not count, in each of the forms that there are. */
interface Judge {
  bundle(found: Bundle): string | undefined;
  tagged(found: FoundSignature): string | undefined;
}

async function judgeFor({ key, keyless }: Trust, wanted: Wanted): Promise<Judge> {
  if (key) {
    return {
      bundle: (found) => keyBundleFlaw(found, key, wanted),
      tagged: (found) => flawOf(found, key, wanted),
    };
  }
  const { keylessBundleFlaw, keylessSignatureFlaw } = await import('./keyless-verify.js');
  return {
    bundle: (found) => keylessBundleFlaw(found, keyless, wanted),
    tagged: (found) => keylessSignatureFlaw(found, keyless, wanted),
  };
}

/** One that cannot be read must not hide a good one beside it. */
function judged(flaw: () => string | undefined): string | undefined {
  try {
    return flaw();
  } catch {
    return 'it cannot be read';
  }
}

function refused({ image, digest }: Wanted, flaws: readonly string[]): ActionError {
  if (flaws.length === 0) {
    return new ActionError('unsigned', `${image}@${digest} is not signed.`, {
      remedy:
        'Deploy an image that this pipeline built:  sign-key  or  sign-keyless  in the step that builds it signs it.',
    });
  }
  const some = [...new Set(flaws)].slice(0, 5).join('; ');
  return new ActionError('signature-refused', `No signature of ${image}@${digest} counts: ${some}.`, {
    remedy:
      'Do not deploy it. If it is the right image, check  verify-key,  verify-identity  and  verify-claims  against how it was built.',
  });
}
