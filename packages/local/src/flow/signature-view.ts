import { verify } from 'node:crypto';
import { at, list, text } from '../engine/json-value.js';

/**
 * What speaks against a digest being signed in the registry by the holder of a key, read independently of the action
 * that signs; undefined when nothing does. Source: sigstore/cosign, specs/SIGNATURE_SPEC.md.
 *
 * @param publicKey in PEM form, ECDSA
 */
export async function unsigned(
  registry: string,
  image: string,
  digest: string,
  publicKey: string,
): Promise<string | undefined> {
  if (digest === '') return 'the run names no digest';
  const tag = `${digest.replace(':', '-')}.sig`;
  const address = `http://${registry}/v2/${image}`;
  const accept = 'application/vnd.oci.image.manifest.v1+json';
  const answer = await fetch(`${address}/manifests/${tag}`, { headers: { accept } });
  if (!answer.ok) return `the registry has no ${tag}`;
  for (const layer of list(at(await answer.json(), 'layers'))) {
    const payload = await (await fetch(`${address}/blobs/${text(at(layer, 'digest'))}`)).text();
    const signature = text(at(layer, 'annotations', 'dev.cosignproject.cosign/signature'));
    if (isSigned(payload, signature, digest, publicKey)) return undefined;
  }
  return 'no signature under that tag is of this digest and by this key';
}

function isSigned(payload: string, signature: string, digest: string, publicKey: string): boolean {
  if (!verify('sha256', Buffer.from(payload), publicKey, Buffer.from(signature, 'base64'))) return false;
  return at(JSON.parse(payload), 'critical', 'image', 'docker-manifest-digest') === digest;
}
