import { createHash } from 'node:crypto';
import { ActionError, group, info } from '@fairway/action-kit';
import type { Registry } from '@fairway/image-registry/open';
import { handedOver } from './hand-over.js';
import { type Job, opened } from './job.js';
import type { Naming } from './naming.js';

const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';

/** A part of the merge: a manifest's text as the registry has it, and its digest. */
export interface Part {
  readonly digest: string;
  readonly text: string;
  /** `linux/amd64`, needed where the part is one bare image: its manifest does not say. */
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
}

/**
 * One index over the images of all parts, with the attestations that came with them, in the parts' order. The images
 * keep their digests. Source: OCI image specification, image-index.md.
 * @throws ActionError 'duplicate-platform' when two parts hold the same one
 */
export function mergeIndex(parts: readonly Part[], annotations: ReadonlyMap<string, string>): string {
  const manifests = parts.flatMap(entriesOf);
  const seen = new Set<string>();
  for (const { platform } of manifests) {
    if (platform === undefined || platform.os === 'unknown') continue;
    const key = [platform.os, platform.architecture, platform.variant].filter(Boolean).join('/');
    if (seen.has(key)) {
      throw new ActionError('duplicate-platform', `Two of the digests to merge hold an image for ${key}.`, {
        remedy: 'Build each platform once, and give each build’s digest once.',
      });
    }
    seen.add(key);
  }
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: INDEX_TYPE,
    manifests,
    ...(annotations.size > 0 && { annotations: Object.fromEntries(annotations) }),
  });
}

interface Entry {
  readonly digest: string;
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
}

function entriesOf(part: Part): Entry[] {
  const value = JSON.parse(part.text) as { mediaType?: string; manifests?: Entry[] };
  if (Array.isArray(value.manifests)) return value.manifests;
  const mediaType = value.mediaType ?? 'application/vnd.oci.image.manifest.v1+json';
  const entry = { mediaType, digest: part.digest, size: Buffer.byteLength(part.text) };
  return [{ ...entry, ...(part.platform && { platform: part.platform }) }];
}

/** Joins the digests given into one image under all tags. */
export async function mergePhase(job: Job, naming: Naming): Promise<void> {
  const { inputs, registry, account } = job;
  await group('Merge', async () => {
    const { repository } = opened(registry);
    const digests = inputs.digestArtifact === '' ? inputs.digests : await handedOver(job, naming);
    const parts: Part[] = [];
    for (const digest of digests) parts.push(await readPart(repository, digest));
    const text = mergeIndex(parts, naming.labels);
    account.digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
    for (const reference of [account.digest, ...naming.tags])
      await repository.put(reference, INDEX_TYPE, text);
    account.pushed = true;
    info(`Joined ${digests.length} images as ${account.digest}.`);
  });
}

async function readPart(repository: Registry['repository'], digest: string): Promise<Part> {
  const text = await repository.manifest(digest);
  const { config } = JSON.parse(text) as { config?: { digest?: unknown } };
  if (typeof config?.digest !== 'string') return { digest, text };
  const { os, architecture, variant } = JSON.parse(await repository.blob(config.digest)) as Record<
    string,
    unknown
  >;
  if (typeof os !== 'string' || typeof architecture !== 'string') return { digest, text };
  return {
    digest,
    text,
    platform: { os, architecture, ...(typeof variant === 'string' && variant !== '' && { variant }) },
  };
}
