import { ActionError, info } from '@fairway/action-kit';
import {
  type ImageReference,
  isLoopback,
  parseReference,
  readAuthorities,
  trustAlso,
} from '@fairway/image-registry';
import { openRegistry, type Repository } from '@fairway/image-registry/open';
import { openTrust, signerOf, type Trust, verifyImage } from '@fairway/image-signature';
import type { KubeObject } from '../cluster/object.js';
import { imagesOf, replaceImages } from '../source/images.js';
import { idlePattern, mustBeSigned } from './signed-images.js';
import type { ImageTrust, RegistryAccess } from './trust-inputs.js';

/** Tries of a question that a registry may answer later. */
const ATTEMPTS = 3;

/**
 * Looks at every image that the objects name, before anything is changed: a tag becomes the digest that it has now,
 * and what must be signed is refused unless it is. What is verified is exactly what then runs, so an image that is
 * verified gets its digest too.
 *
 * @throws ActionError 'unsigned', 'signature-refused', 'no-image' or what the registry said
 */
export async function admitImages(objects: readonly KubeObject[], trust: ImageTrust): Promise<KubeObject[]> {
  const signers = trust.verify && (await openTrust(trust.verify));
  if (trust.registry.ca !== '') await trustAlso(readAuthorities(trust.registry.ca));
  const images = imagesOf(objects);
  if (signers) refuseIdle(images, trust.patterns);
  const admitted = await Promise.all(
    images.map(async (image) => [image, await admit(image, trust, signers)] as const),
  );
  const pinned = new Map(admitted);
  return replaceImages(objects, (image) => pinned.get(image) ?? image);
}

function refuseIdle(images: readonly string[], patterns: readonly string[]): void {
  const names = images.map((image) => parseReference(image).name.full);
  const idle = idlePattern(names, patterns);
  if (idle === undefined) return;
  throw new ActionError(
    'bad-input',
    `The input 'verify-images' has the line '${idle.slice(0, 200)}', and the manifests name no such image. They name: ${names.join(', ') || 'none'}.`,
    { remedy: 'Write the image in full, with its registry, or with a *, for example  ghcr.io/acme/*' },
  );
}

/** @returns the image as it is to be written */
async function admit(image: string, trust: ImageTrust, signers: Trust | undefined): Promise<string> {
  const reference = parseReference(image);
  const { name } = reference;
  const judged = signers !== undefined && mustBeSigned(name.full, trust.patterns) ? signers : undefined;
  const asked = judged !== undefined || (trust.resolveTags && reference.digest === '');
  if (!asked) return image;
  return withRepository(reference, trust.registry, async (repository) => {
    const digest = reference.digest || (await digestOf(image, reference, repository));
    if (judged) {
      await verifyImage(repository, { image: name.full, digest, claims: trust.claims }, judged);
      info(`${image} is signed by ${signerOf(judged)}.`);
    }
    if (reference.digest !== '') return image;
    info(`${image} is ${digest}.`);
    return `${image}@${digest}`;
  });
}

async function digestOf(image: string, { tag }: ImageReference, repository: Repository): Promise<string> {
  const found = await repository.find(tag);
  if (found) return found.digest;
  throw new ActionError('no-image', `The registry has no image '${image}'.`, {
    remedy: 'Check the name and the tag in the manifest; a tag is there only once its image was pushed.',
  });
}

async function withRepository<T>(
  { name }: ImageReference,
  { login, insecure }: RegistryAccess,
  ask: (repository: Repository) => Promise<T>,
): Promise<T> {
  const registry = await openRegistry(name, login, insecure && isLoopback(name.registry), ATTEMPTS);
  try {
    return await ask(registry.repository);
  } finally {
    registry.close();
  }
}
