import { copyFile, link, mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError } from '@fairway/action-kit';
import { type Manifest, OciLayout, parseManifest } from '@fairway/image-registry';

type ImageManifest = Extract<Manifest, { kind: 'image' }>;

/** What of an image can be looked into. */
export interface LaidOut {
  /** File name in the folder → the layer's digest. */
  readonly layers: ReadonlyMap<string, string>;
  /** File names of the images' configurations: environment, labels, history. */
  readonly configurations: readonly string[];
}

/**
 * Lays the layers of every image below a digest side by side in a folder, under names by which a scanner knows an
 * archive, and their configurations with them. Nothing is unpacked: what is in a layer is not trusted with a path.
 * @throws ActionError 'unknown-layer' for one that is neither gzip, zstd nor plain tar: nobody could look into it
 */
export async function layOut(layoutFolder: string, digest: string, folder: string): Promise<LaidOut> {
  const layout = new OciLayout(layoutFolder);
  await mkdir(folder, { recursive: true });
  const layers = new Map<string, string>();
  const configurations: string[] = [];
  for (const manifest of await imagesBelow(layout, digest)) {
    const name = `${hexOf(manifest.config.digest)}.json`;
    await writeFile(join(folder, name), spread(await layout.blob(manifest.config.digest)));
    configurations.push(name);
    for (const layer of manifest.layers) {
      const file = `${hexOf(layer.digest)}${await extensionOf(layout.path(layer.digest))}`;
      if (!layers.has(file)) await place(layout.path(layer.digest), join(folder, file));
      layers.set(file, layer.digest);
    }
  }
  return { layers, configurations };
}

/** Every image below a digest, also those of an index within an index, at most so deep. */
async function imagesBelow(layout: OciLayout, digest: string, depth = 4): Promise<ImageManifest[]> {
  const root = parseManifest(await layout.manifest(digest));
  if (root.kind === 'image') return [root];
  if (depth === 0) {
    throw new ActionError('unknown-layer', `The index ${digest} holds an index within an index, and so on.`, {
      remedy: 'Build the image into one index of its platforms, as buildx does.',
    });
  }
  const below: ImageManifest[] = [];
  for (const entry of root.manifests) {
    if (entry.attests === undefined) below.push(...(await imagesBelow(layout, entry.digest, depth - 1)));
  }
  return below;
}

/** A line for each value, so that a secret stands alone as it would in a file. */
function spread(configuration: string): string {
  return JSON.stringify(JSON.parse(configuration), null, 1);
}

/** By what the file begins with, whatever its media type says. Sources: RFC 1952, RFC 8878, POSIX ustar. */
async function extensionOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(262);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    if (head.readUInt16BE(0) === 0x1f8b) return '.tar.gz';
    if (head.readUInt32LE(0) === 0xfd2fb528) return '.tar.zst';
    if (bytesRead === head.length && head.toString('latin1', 257, 262) === 'ustar') return '.tar';
  } finally {
    await file.close();
  }
  throw new ActionError('unknown-layer', `A layer is in no format that can be looked into: ${path}`, {
    remedy: 'Build it with BuildKit’s own exporter: layers are then gzip, zstd or uncompressed tar.',
  });
}

async function place(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to)); // the two may be on different disks
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length);
}
