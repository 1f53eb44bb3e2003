import { at, list, text } from '../engine/json-value.js';

/**
 * What an image's SBOM lacks of the packages that it must name, read from the registry independently of the action that
 * pushes; undefined when it names them all. Sources: BuildKit's
 * docs/attestations/attestation-storage.md; SPDX 2.3, JSON schema.
 *
 * @param packages each a name, or a name and how its version begins: `node 24.`
 */
export async function undescribed(
  registry: string,
  image: string,
  digest: string,
  packages: readonly string[],
): Promise<string | undefined> {
  if (digest === '') return 'the run names no digest';
  const address = `http://${registry}/v2/${image}`;
  const manifest = (reference: string, kind: string) => {
    const accept = `application/vnd.oci.image.${kind}.v1+json`;
    return json(`${address}/manifests/${reference}`, { accept });
  };
  const entries = list(at(await manifest(digest, 'index'), 'manifests'));
  const attestations = entries.filter((entry) => at(entry, 'annotations', 'vnd.docker.reference.digest'));
  for (const attestation of attestations) {
    for (const layer of list(at(await manifest(text(at(attestation, 'digest')), 'manifest'), 'layers'))) {
      if (at(layer, 'annotations', 'in-toto.io/predicate-type') !== 'https://spdx.dev/Document') continue;
      const statement = await json(`${address}/blobs/${text(at(layer, 'digest'))}`, {});
      const named = list(at(statement, 'predicate', 'packages')).map(
        (entry) => `${text(at(entry, 'name'))} ${text(at(entry, 'versionInfo'))}`,
      );
      const missing = packages.filter((wanted) => !named.some((one) => isNamed(one, wanted)));
      return missing.length === 0
        ? undefined
        : `it names ${named.length} packages, and not ${missing.join(', ')}`;
    }
  }
  return 'the registry has no SBOM beside the image';
}

/** Whether `name version` is what is wanted. */
function isNamed(one: string, wanted: string): boolean {
  return wanted.includes(' ') ? one.startsWith(wanted) : one.startsWith(`${wanted} `);
}

async function json(address: string, headers: Readonly<Record<string, string>>): Promise<unknown> {
  const answer = await fetch(address, { headers });
  return answer.ok ? await answer.json() : {};
}
