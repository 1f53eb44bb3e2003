import { ActionError, formatBytes } from '@fairway/action-kit';
import type { ImageContent, Layer } from '@fairway/image-registry';

/** A platform's image beside what it is compared with. */
export interface SizeReport {
  readonly platform: string;
  /** Bytes, compressed. */
  readonly size: number;
  /** Bytes of the other image; undefined where there is none. */
  readonly before?: number;
  /** Largest first, each with whether the other image lacks it. */
  readonly layers: readonly (Layer & { readonly isNew: boolean })[];
}

export function reportSizes(content: ImageContent, base?: ImageContent): SizeReport[] {
  return content.images.map((image) => {
    const before = base?.images.find(({ platform }) => platform === image.platform);
    const known = new Set(before?.layers.map(({ digest }) => digest));
    return {
      platform: image.platform,
      size: image.size,
      ...(before && { before: before.size }),
      layers: image.layers
        .map((layer) => ({ ...layer, isNew: before !== undefined && !known.has(layer.digest) }))
        .toSorted((a, b) => b.size - a.size),
    };
  });
}

/**
 * @param budget bytes, compressed, for each platform's image
 * @throws ActionError 'over-budget' naming the layers to look at: those that are new, else the largest
 */
export function checkBudget(reports: readonly SizeReport[], budget: number): void {
  const over = reports.find(({ size }) => size > budget);
  if (over === undefined) return;
  const grown = over.layers.filter(({ isNew }) => isNew);
  const layers = (grown.length > 0 ? grown : over.layers).slice(0, 5);
  const list = layers.map(({ size, createdBy }) => `  ${formatBytes(size)}  ${createdBy}`).join('\n');
  throw new ActionError(
    'over-budget',
    `The image for ${over.platform} has ${formatBytes(over.size)}, and the budget is ${formatBytes(budget)}. ${grown.length > 0 ? 'New' : 'Its largest'} layers:\n${list}`,
    {
      remedy:
        'Leave build tools in an earlier stage and copy only what runs, or raise  size-budget  in the same change.',
    },
  );
}
