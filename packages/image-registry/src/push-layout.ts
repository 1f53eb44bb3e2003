import { createReadStream } from 'node:fs';
import { sendBlob } from './blob-upload.js';
import type { RegistryClient } from './client.js';
import { type Descriptor, parseManifest } from './manifest.js';
import type { OciLayout } from './oci-layout.js';
import type { Repository } from './repository.js';

/** Blobs sent beside each other: enough to hide latency, few enough for a registry's limits. */
const BESIDE = 4;

/**
 * Pushes exactly what is in the layout: every blob that the registry lacks, then the manifests from the leaves up,
 * and the tags last, so that a tag never names something incomplete. The digest stays the one that was looked at.
 */
export async function pushLayout(
  layout: OciLayout,
  digest: string,
  tags: readonly string[],
  registry: { readonly client: RegistryClient; readonly repository: Repository },
): Promise<void> {
  const text = await layout.manifest(digest);
  const manifest = parseManifest(text);
  if (manifest.kind === 'index') {
    for (const child of manifest.manifests) await pushLayout(layout, child.digest, [], registry);
  } else {
    await sendBlobs(layout, [manifest.config, ...manifest.layers], registry.client);
  }
  const { mediaType } = JSON.parse(text) as { mediaType?: string };
  const type =
    mediaType ?? `application/vnd.oci.image.${manifest.kind === 'index' ? 'index' : 'manifest'}.v1+json`;
  for (const reference of [digest, ...tags]) await registry.repository.put(reference, type, text);
}

async function sendBlobs(
  layout: OciLayout,
  blobs: readonly Descriptor[],
  client: RegistryClient,
): Promise<void> {
  const waiting = [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
  const worker = async () => {
    for (let blob = waiting.shift(); blob !== undefined; blob = waiting.shift()) {
      await sendBlob(client, { ...blob, body: () => createReadStream(layout.path(blob.digest)) });
    }
  };
  await Promise.all(Array.from({ length: BESIDE }, worker));
}
