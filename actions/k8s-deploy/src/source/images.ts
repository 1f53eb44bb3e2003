import { ActionError } from '@fairway/action-kit';
import { list, string, tree } from '@fairway/action-kit/tree';
import type { KubeObject } from '../cluster/object.js';
import type { ImageChoice } from './image-choice.js';

/**
 * The lists of a PodSpec whose items name images, in built-in kinds and in the custom resources that embed one, and where
 * each item does. Source: Kubernetes API, core/v1, Container and ImageVolumeSource.
 */
const IMAGE_PLACES: ReadonlyMap<string, readonly string[]> = new Map([
  ['containers', ['image']],
  ['initContainers', ['image']],
  ['ephemeralContainers', ['image']],
  ['volumes', ['image', 'reference']],
]);

/**
 * Puts the chosen images in, wherever a PodSpec stands: Deployments, Jobs, CronJobs, custom resources.
 * @throws ActionError 'image-not-used' when a choice matches nothing, with the images that there are
 */
export function withImages(objects: readonly KubeObject[], choices: readonly ImageChoice[]): KubeObject[] {
  const used = new Set<string>();
  const choose = (image: string): string => {
    const choice = choices.find(({ name }) => name === repositoryOf(image));
    if (choice === undefined) return image;
    used.add(choice.name);
    return choice.reference;
  };
  const replaced = replaceImages(objects, choose);
  const unused = choices.find(({ name }) => !used.has(name));
  if (unused) throw notUsed(unused.name, imagesOf(objects));
  return replaced;
}

/** The objects with each image of a PodSpec replaced by what is chosen for it. */
export function replaceImages(
  objects: readonly KubeObject[],
  choose: (image: string) => string,
): KubeObject[] {
  return objects.map((object) => replaceIn(object, choose) as KubeObject);
}

/** Every image that the objects' containers and image volumes name, sorted, each once. */
export function imagesOf(objects: readonly KubeObject[]): string[] {
  const found = new Set<string>();
  for (const object of objects) {
    replaceIn(object, (image) => {
      found.add(image);
      return image;
    });
  }
  return [...found].sort();
}

/** `registry:5000/team/app` of `registry:5000/team/app:1.2@sha256:…`: a colon before a slash belongs to a port. */
export function repositoryOf(image: string): string {
  const [untilDigest = ''] = image.split('@');
  return untilDigest.replace(/:[^/:]*$/, '');
}

function replaceIn(value: unknown, choose: (image: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => replaceIn(item, choose));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const place = Array.isArray(inner) ? IMAGE_PLACES.get(key) : undefined;
      const within = replaceIn(inner, choose);
      return [key, place ? list(within).map((item) => replaceAt(item, place, choose)) : within];
    }),
  );
}

/** @param place the fields that lead to the image */
function replaceAt(
  value: unknown,
  [field = '', ...rest]: readonly string[],
  choose: (image: string) => string,
): unknown {
  const inner = tree(value)[field];
  if (rest.length > 0)
    return inner === undefined ? value : { ...tree(value), [field]: replaceAt(inner, rest, choose) };
  const image = string(inner);
  return image === '' ? value : { ...tree(value), [field]: choose(image) };
}

function notUsed(name: string, images: readonly string[]): ActionError {
  return new ActionError(
    'image-not-used',
    `The input 'images' replaces '${name}', and no container or image volume has that image. The manifests name: ${images.join(', ') || 'no image at all'}.`,
    {
      remedy: `Write to the left of '=' what the manifests say, without the tag, for example  images: ${images[0] ? repositoryOf(images[0]) : name}=registry/repository@sha256:…`,
    },
  );
}
