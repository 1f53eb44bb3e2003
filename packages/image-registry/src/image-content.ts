import { type Descriptor, parseManifest } from './manifest.js';

/** Where manifests and blobs are read from: a registry, or an OCI layout on disk. */
export interface ContentStore {
  manifest(digest: string): Promise<string>;
  blob(digest: string): Promise<string>;
}

export interface Layer {
  readonly digest: string;
  /** Bytes, compressed: what is pulled. */
  readonly size: number;
  /** The Dockerfile's instruction that made it, as the image's history tells. */
  readonly createdBy: string;
}

/** One image of a result, for one platform. */
export interface PlatformImage {
  readonly platform: string;
  readonly digest: string;
  /** Bytes of configuration and layers, compressed. */
  readonly size: number;
  readonly layers: readonly Layer[];
  readonly labels: Readonly<Record<string, string>>;
}

/** What a build gave, as it can be read back. */
export interface ImageContent {
  readonly images: readonly PlatformImage[];
  readonly attestations: readonly Attestation[];
}

/** An in-toto statement about one image, kept beside it. */
export interface Attestation {
  /** Its predicate's type, for example `https://slsa.dev/provenance/v1`. */
  readonly predicate: string;
  /** The digest of the statement. */
  readonly blob: string;
  /** The digest of the image that it speaks of. */
  readonly about: string;
}

/** Follows a digest through index, manifest and configuration. */
export async function readContent(store: ContentStore, digest: string): Promise<ImageContent> {
  const root = parseManifest(await store.manifest(digest));
  if (root.kind === 'image') {
    return { images: [await readImage(store, digest, root.config, root.layers)], attestations: [] };
  }
  const images: PlatformImage[] = [];
  const attestations: Attestation[] = [];
  for (const entry of root.manifests) {
    const text = await store.manifest(entry.digest);
    const manifest = parseManifest(text);
    if (manifest.kind !== 'image') continue;
    if (entry.attests !== undefined) attestations.push(...attested(text, entry.attests));
    else images.push(await readImage(store, entry.digest, manifest.config, manifest.layers));
  }
  return { images, attestations };
}

async function readImage(
  store: ContentStore,
  digest: string,
  config: Descriptor,
  layers: readonly Descriptor[],
): Promise<PlatformImage> {
  const {
    os,
    architecture,
    variant,
    history,
    config: settings,
  } = JSON.parse(await store.blob(config.digest)) as Record<string, unknown>;
  const instructions = layerInstructions(history);
  return {
    platform: [os, architecture, variant].filter((part) => typeof part === 'string' && part !== '').join('/'),
    digest,
    size: config.size + layers.reduce((sum, layer) => sum + layer.size, 0),
    layers: layers.map((layer, index) => ({
      digest: layer.digest,
      size: layer.size,
      createdBy: instructions[index] ?? '',
    })),
    labels: labelsOf(settings),
  };
}

/** Source: OCI image specification, config.md, `config.Labels`. */
function labelsOf(settings: unknown): Record<string, string> {
  const { Labels: labels } = (settings ?? {}) as { Labels?: unknown };
  const pairs = Object.entries(typeof labels === 'object' && labels !== null ? labels : {});
  return Object.fromEntries(
    pairs.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}

/** The history's entries that made a layer, in the layers' order. Source: OCI image specification, config.md, `history`. */
function layerInstructions(history: unknown): string[] {
  if (!Array.isArray(history)) return [];
  return history
    .filter((entry) => typeof entry === 'object' && entry !== null && entry.empty_layer !== true)
    .map((entry: { created_by?: unknown }) =>
      typeof entry.created_by === 'string'
        ? entry.created_by.replace(/\s*# buildkit$/, '').slice(0, 300)
        : '',
    );
}

/** Source: BuildKit's docs/attestations/attestation-storage.md, `in-toto.io/predicate-type`. */
function attested(manifest: string, about: string): Attestation[] {
  const { layers } = JSON.parse(manifest) as {
    layers?: { digest?: unknown; annotations?: Readonly<Record<string, unknown>> }[];
  };
  return (layers ?? []).flatMap(({ digest, annotations }) => {
    const predicate = annotations?.['in-toto.io/predicate-type'];
    return typeof predicate === 'string' && typeof digest === 'string'
      ? [{ predicate, blob: digest, about }]
      : [];
  });
}

/** Bytes of the largest platform's image: what one machine pulls at most. */
export function largestSize(images: readonly PlatformImage[]): number {
  return Math.max(0, ...images.map(({ size }) => size));
}
