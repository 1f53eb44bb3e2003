import { ActionError } from '@fairway/action-kit';
import type { Referrer } from '@fairway/image-registry/open';
import { type Bundle, bundleBlobs, isBundleType } from './bundle.js';
import { type FoundSignature, listedSignatures, sha256, signatureTag } from './signature.js';
import { SIGN_PREDICATE } from './statement.js';

/** Where an image's signatures are read: the repository that the image is in. */
export interface SignatureStore {
  find(reference: string): Promise<{ readonly text: string; readonly digest: string } | undefined>;
  blob(digest: string): Promise<string>;
}

/** The signatures under a digest's tag, as cosign kept them before version 3, and as it still reads them. */
export async function* taggedSignatures(
  store: SignatureStore,
  digest: string,
): AsyncGenerator<FoundSignature> {
  const manifest = await store.find(signatureTag(digest));
  for (const { digest: blob, ...rest } of listedSignatures(manifest?.text ?? '{}')) {
    const payload = await wholeBlob(store, blob);
    if (payload !== undefined) yield { payload, ...rest };
  }
}

/** A bundle, and the manifest that it was found in. */
export interface FoundBundle {
  readonly bundle: Bundle;
  readonly manifest: string;
}

/** The signatures in bundles that refer to a digest. Bundles of other statements, such as provenance, are passed over. */
export async function* bundlesAbout(
  store: SignatureStore,
  referrers: readonly Referrer[],
): AsyncGenerator<FoundBundle> {
  for (const { digest, artifactType, annotations } of referrers) {
    const predicate = annotations['dev.sigstore.bundle.predicateType'] ?? SIGN_PREDICATE;
    if ((artifactType !== '' && !isBundleType(artifactType)) || predicate !== SIGN_PREDICATE) continue;
    const manifest = await store.find(digest);
    for (const blob of bundleBlobs(manifest?.text ?? '{}')) {
      const text = await wholeBlob(store, blob);
      for (const bundle of text === undefined ? [] : readBundle(text)) yield { bundle, manifest: digest };
    }
  }
}

/** A blob as its digest says; undefined where it is another or gone, which must not hide a good one beside it. */
async function wholeBlob(store: SignatureStore, digest: string): Promise<string | undefined> {
  const text = await store.blob(digest).catch((error: unknown) => {
    if (error instanceof ActionError && error.code === 'registry-missing') return undefined;
    throw error; // the registry cannot say now
  });
  return text !== undefined && sha256(text) === digest ? text : undefined;
}

function readBundle(text: string): Bundle[] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? [value as Bundle] : [];
  } catch {
    return []; // no bundle, whatever its manifest says
  }
}
