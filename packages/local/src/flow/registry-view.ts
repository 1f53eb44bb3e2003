import { at, list, text } from '../engine/json-value.js';

/** Every kind of manifest that a build pushes; a registry answers 404 for a kind that is not asked for. */
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Tag → digest of a repository in a registry that speaks plain HTTP on loopback; empty when it has none. */
export async function viewImages(registry: string, image: string): Promise<ReadonlyMap<string, string>> {
  const answer = await fetch(`http://${registry}/v2/${image}/tags/list`);
  if (!answer.ok) return new Map();
  const tags = list(at(await answer.json(), 'tags')).map(text);
  const digests = await Promise.all(tags.map((tag) => digestOf(registry, image, tag)));
  return new Map(tags.map((tag, index) => [tag, digests[index] ?? '']));
}

/** The digest that a tag, or a digest, leads to; '' when the registry does not have it. */
export async function digestOf(registry: string, image: string, reference: string): Promise<string> {
  const answer = await fetch(`http://${registry}/v2/${image}/manifests/${reference}`, {
    method: 'HEAD',
    headers: { accept: manifestTypes },
  });
  return answer.ok ? (answer.headers.get('docker-content-digest') ?? '') : '';
}
