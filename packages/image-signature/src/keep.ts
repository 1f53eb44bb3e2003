import { addReferrer, type Repository } from '@fairway/image-registry/open';
import { BUNDLE_TYPE, bundleAnnotations, bundleManifest, EMPTY_CONFIG } from './bundle.js';
import {
  type ListedSignature,
  listedSignatures,
  signatureConfig,
  signatureManifest,
  signatureTag,
} from './signature.js';

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

/** A payload with its signature, for the tag under which a digest's signatures are found. */
export interface TaggedSignature {
  readonly payload: string;
  readonly signature: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Keeps a signature under the digest's tag, next to any that is there already.
 * @param replaces which of those is the same, made anew
 * @returns the tag
 */
export async function keepTagged(
  repository: Repository,
  digest: string,
  { payload, signature, annotations = {} }: TaggedSignature,
  replaces: (earlier: ListedSignature) => boolean = () => false,
): Promise<string> {
  const tag = signatureTag(digest);
  const mine = {
    digest: await repository.putBlob(payload),
    size: Buffer.byteLength(payload),
    signature,
    annotations,
  };
  const earlier = listedSignatures((await repository.find(tag))?.text ?? '{}');
  const layers = [...earlier.filter((one) => one.digest !== mine.digest || !replaces(one)), mine];
  const config = signatureConfig(layers.map(({ digest }) => digest));
  const configBlob = { digest: await repository.putBlob(config), size: Buffer.byteLength(config) };
  await repository.put(tag, MANIFEST_TYPE, signatureManifest(configBlob, layers));
  return tag;
}

/**
 * Keeps a bundle in a manifest that refers to the image.
 * @returns the manifest's digest
 */
export async function keepBundle(repository: Repository, digest: string, bundle: string): Promise<string> {
  const image = await repository.manifest(digest);
  const { mediaType = MANIFEST_TYPE } = JSON.parse(image) as { mediaType?: string };
  const subject = { mediaType, digest, size: Buffer.byteLength(image) };
  const config = { digest: await repository.putBlob(EMPTY_CONFIG) };
  const layer = { digest: await repository.putBlob(bundle), size: Buffer.byteLength(bundle) };
  const annotations = bundleAnnotations(new Date());
  const manifest = bundleManifest(subject, config, layer, annotations);
  return addReferrer(repository, digest, manifest, { artifactType: BUNDLE_TYPE, annotations });
}
