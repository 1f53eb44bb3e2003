import { join } from 'node:path';
import { ActionError, info } from '@fairway/action-kit';
import { type ImageContent, OciLayout, type PlatformImage, readContent } from '@fairway/image-registry';
import { type BuildRun, build } from './build.js';
import type { BuildPlan } from './build-plan.js';

/**
 * Builds once more, with nothing from any cache, and compares image by image. Attestations are left out: they tell
 * when they were made.
 * @throws ActionError 'not-reproducible'
 */
export async function checkReproducible(
  first: ImageContent | undefined,
  plan: BuildPlan,
  how: BuildRun,
  folder: string,
): Promise<void> {
  const layout = join(folder, 'again');
  const again: BuildPlan = {
    ...plan,
    noCache: true,
    cacheFrom: [],
    cacheTo: [],
    provenance: 'false',
    sbom: false,
    destination: { kind: 'layout', folder: layout },
    metadataFile: join(folder, 'again.json'),
  };
  const { onTrace: _, ...quietly } = how;
  const { digest } = await build(again, quietly);
  const second = await readContent(new OciLayout(layout), digest);
  const differing = (first?.images ?? []).flatMap((image) => differences(image, second) ?? []);
  if (differing.length === 0) {
    info('The second build gave the same image.');
    return;
  }
  throw new ActionError('not-reproducible', `Built twice, the image differs:\n${differing.join('\n')}`, {
    remedy:
      'Look for what these layers take from the clock, the network or chance: unpinned packages, timestamps in files, random names.',
  });
}

/** A line for each layer that is not the same, or for the configuration; undefined where all is. */
export function differences(image: PlatformImage, second: ImageContent): string[] | undefined {
  const twin = second.images.find(({ platform }) => platform === image.platform);
  if (twin?.digest === image.digest) return undefined;
  if (twin === undefined) return [`  ${image.platform}: missing`];
  const layers = image.layers.filter(({ digest }, index) => twin.layers[index]?.digest !== digest);
  if (layers.length === 0) return [`  ${image.platform}: its configuration`];
  return layers.map(({ createdBy }) => `  ${image.platform}: ${createdBy || 'a layer'}`);
}
