import { createReadStream } from 'node:fs';
import { ActionError, debug, messageOf } from '@fairway/action-kit';
import { pause } from '@fairway/exec-kit';
import { type RegistryClient, retryDelay } from './client.js';
import { type Descriptor, parseManifest } from './manifest.js';
import type { OciLayout } from './oci-layout.js';
import { type Repository, refuseUnless } from './repository.js';

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
  registry: { readonly client: RegistryClient; readonly repository: Repository; readonly attempts: number },
): Promise<void> {
  const text = await layout.manifest(digest);
  const manifest = parseManifest(text);
  if (manifest.kind === 'index') {
    for (const child of manifest.manifests) await pushLayout(layout, child.digest, [], registry);
  } else {
    await sendBlobs(layout, [manifest.config, ...manifest.layers], registry);
  }
  const { mediaType } = JSON.parse(text) as { mediaType?: string };
  const type =
    mediaType ?? `application/vnd.oci.image.${manifest.kind === 'index' ? 'index' : 'manifest'}.v1+json`;
  for (const reference of [digest, ...tags]) await registry.repository.put(reference, type, text);
}

async function sendBlobs(
  layout: OciLayout,
  blobs: readonly Descriptor[],
  { client, attempts }: { readonly client: RegistryClient; readonly attempts: number },
): Promise<void> {
  const waiting = [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
  const worker = async () => {
    for (let blob = waiting.shift(); blob !== undefined; blob = waiting.shift()) {
      await sendBlob(client, layout.path(blob.digest), blob, attempts);
    }
  };
  await Promise.all(Array.from({ length: BESIDE }, worker));
}

/** A broken upload is begun anew: where the old one stood is the registry's secret. */
async function sendBlob(
  client: RegistryClient,
  path: string,
  blob: Descriptor,
  attempts: number,
): Promise<void> {
  const known = await client.ask({ method: 'HEAD', path: `blobs/${blob.digest}` });
  if (known.status === 200) return;
  for (let attempt = 1; ; attempt++) {
    const problem = await upload(client, path, blob).catch((error: unknown) => passing(error));
    if (problem === undefined) return;
    if (attempt >= attempts) {
      throw new ActionError('registry-busy', `The layer ${blob.digest} could not be uploaded: ${problem}`, {
        remedy:
          'Run the job again. If it stays, look at the registry’s status page, or give more  retries: 5',
      });
    }
    debug(`${blob.digest}: ${problem}; uploading it again`);
    await pause(retryDelay(attempt, undefined));
  }
}

/** @returns what went wrong and may pass, or undefined when the blob is there */
async function upload(client: RegistryClient, path: string, blob: Descriptor): Promise<string | undefined> {
  const begun = await client.ask({
    method: 'POST',
    path: 'blobs/uploads/',
    headers: { 'content-length': 0 },
  });
  refuseUnless(begun, 202, 'beginning an upload');
  const place = new URL(client.url(begun.headers.location ?? ''));
  place.searchParams.set('digest', blob.digest);
  const answer = await client.ask({
    method: 'PUT',
    path: place.href,
    headers: { 'content-type': 'application/octet-stream', 'content-length': blob.size },
    body: () => createReadStream(path),
    once: true,
  });
  if (answer.status === 429 || answer.status >= 500 || answer.status === 404 || answer.status === 416) {
    return `the registry answered ${answer.status}`;
  }
  refuseUnless(answer, 201, 'an upload');
  return undefined;
}

function passing(error: unknown): string {
  // What the registry refused for good is an ActionError with another code; a broken connection is worth a second try.
  if (error instanceof ActionError && error.code !== 'registry-unreachable') throw error;
  return messageOf(error);
}
