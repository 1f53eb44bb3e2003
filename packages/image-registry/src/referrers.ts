import { createHash } from 'node:crypto';
import { isDigest } from './manifest.js';
import type { Repository } from './repository.js';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const IMAGE = 'application/vnd.oci.image.manifest.v1+json';

/** What refers to a digest: a manifest beside it that names it as its subject. */
export interface Referrer {
  readonly digest: string;
  readonly artifactType: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * What refers to a digest, by the registry's list, or else by the tag that stands in for it.
 * Source: OCI distribution specification 1.1, "Listing Referrers" and "Referrers Tag Schema".
 */
export async function referrersOf(repository: Repository, digest: string): Promise<Referrer[]> {
  const listed = (await repository.referrers(digest))?.flatMap(listOf) ?? [];
  // Who pushed to an older registry, or through an older client, kept the tag; both may be there.
  const tagged = listOf((await repository.find(referrersTag(digest)))?.text ?? '{}');
  const seen = new Map([...tagged, ...listed].map((referrer) => [referrer.digest, referrer]));
  return [...seen.values()];
}

/** Puts a manifest that refers to a digest, and lists it there where the registry does not do so by itself. */
export async function addReferrer(
  repository: Repository,
  subject: string,
  manifest: string,
  entry: { readonly artifactType: string; readonly annotations: Readonly<Record<string, string>> },
): Promise<string> {
  const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
  if (await repository.put(digest, IMAGE, manifest)) return digest;
  const tag = referrersTag(subject);
  const index = JSON.parse((await repository.find(tag))?.text ?? '{}') as { manifests?: unknown };
  const earlier = Array.isArray(index.manifests) ? index.manifests : [];
  const mine = { mediaType: IMAGE, digest, size: Buffer.byteLength(manifest), ...entry };
  const manifests = [...earlier.filter((one: { digest?: unknown } | null) => one?.digest !== digest), mine];
  await repository.put(tag, INDEX, JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }));
  return digest;
}

function referrersTag(digest: string): string {
  return digest.replace(':', '-');
}

function listOf(text: string): Referrer[] {
  const manifests = manifestsIn(text);
  if (!Array.isArray(manifests)) return [];
  return manifests.flatMap((one: Readonly<Record<string, unknown>> | null) => {
    const { digest, artifactType, annotations } = one ?? {};
    if (typeof digest !== 'string' || !isDigest(digest)) return [];
    return [
      {
        digest,
        artifactType: typeof artifactType === 'string' ? artifactType : '',
        annotations: wordsIn(annotations),
      },
    ];
  });
}

/** Some registries answer a question that they do not know with a page. */
function manifestsIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { manifests?: unknown } | null)?.manifests;
  } catch {
    return undefined;
  }
}

function wordsIn(annotations: unknown): Record<string, string> {
  const pairs = Object.entries(typeof annotations === 'object' && annotations !== null ? annotations : {});
  return Object.fromEntries(pairs.filter(([, value]) => typeof value === 'string'));
}
