import { tree } from '@fairway/action-kit/tree';
/** What registries keep. Source: OCI image specification 1.1, descriptor.md, manifest.md, image-index.md. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly platform?: string;
  /** For an attestation, the digest of the image it speaks of. */
  readonly attests?: string;
}

export type Manifest =
  | { readonly kind: 'image'; readonly config: Descriptor; readonly layers: readonly Descriptor[] }
  | { readonly kind: 'index'; readonly manifests: readonly Descriptor[] };

/** Media types asked for, OCI's and Docker's. */
export const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): boolean {
  return DIGEST.test(text);
}

/** @throws Error when the text is no manifest */
export function parseManifest(text: string): Manifest {
  const value = tree(JSON.parse(text));
  if (Array.isArray(value.manifests)) return { kind: 'index', manifests: value.manifests.map(descriptor) };
  if (!Array.isArray(value.layers)) throw new Error('it has neither manifests nor layers');
  return { kind: 'image', config: descriptor(value.config), layers: value.layers.map(descriptor) };
}

function descriptor(value: unknown): Descriptor {
  const { mediaType, digest, size, platform, annotations } = tree(value);
  if (typeof digest !== 'string' || !isDigest(digest) || typeof size !== 'number' || !(size >= 0)) {
    throw new Error('it holds a descriptor without digest or size');
  }
  const { os, architecture, variant } = tree(platform);
  const attests = tree(annotations)['vnd.docker.reference.digest'];
  return {
    mediaType: typeof mediaType === 'string' ? mediaType : '',
    digest,
    size,
    ...(typeof os === 'string' &&
      typeof architecture === 'string' && {
        platform: [os, architecture, ...(typeof variant === 'string' ? [variant] : [])].join('/'),
      }),
    ...(typeof attests === 'string' && { attests }),
  };
}
