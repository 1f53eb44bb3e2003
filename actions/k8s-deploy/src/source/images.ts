import { ActionError } from '@fairway/action-kit';
import { list, string, tree } from '@fairway/action-kit/tree';
import type { KubeObject } from '../cluster/object.js';
import type { ImageChoice } from './image-choice.js';

/** The fields that hold containers in a PodSpec, in built-in kinds and in the custom resources that embed one. */
const CONTAINER_FIELDS = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/**
 * Puts the chosen images in, wherever a PodSpec stands: Deployments, Jobs, CronJobs, custom resources.
 * @throws ActionError 'image-not-used' when a choice matches no container, with the images that there are
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

/** The objects with each container's image replaced by what is chosen for it. */
export function replaceImages(
  objects: readonly KubeObject[],
  choose: (image: string) => string,
): KubeObject[] {
  return objects.map((object) => replaceIn(object, choose) as KubeObject);
}

/** Every image that the objects' containers name, sorted, each once. */
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
      const isContainers = CONTAINER_FIELDS.has(key) && Array.isArray(inner);
      return [
        key,
        isContainers
          ? list(inner).map((container) => replaceContainer(container, choose))
          : replaceIn(inner, choose),
      ];
    }),
  );
}

function replaceContainer(container: unknown, choose: (image: string) => string): unknown {
  const image = string(tree(container).image);
  return image === '' ? container : { ...tree(container), image: choose(image) };
}

function notUsed(name: string, images: readonly string[]): ActionError {
  return new ActionError(
    'image-not-used',
    `The input 'images' replaces '${name}', and no container has that image. The manifests name: ${images.join(', ') || 'no image at all'}.`,
    {
      remedy: `Write to the left of '=' what the manifests say, without the tag, for example  images: ${images[0] ? repositoryOf(images[0]) : name}=registry/repository@sha256:…`,
    },
  );
}
