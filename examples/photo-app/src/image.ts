import sharp from 'sharp';
import { Refusal } from './refusal.ts';

// One thread an image: the container has one core, and requests are the unit of concurrency.
sharp.concurrency(1);
sharp.cache(false);

const contentTypes: Readonly<Record<string, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
};

/** A small file can unpack into gigabytes; this is a 7000 by 7000 picture. The memory limit in deploy/ follows from it. */
const pixelLimit = 49_000_000;
const thumbnailEdge = 400;

export interface Picture {
  readonly contentType: string;
  readonly width: number;
  readonly height: number;
  /** WebP, at most 400 pixels on its longer edge, turned upright, without the camera's metadata. */
  readonly thumbnail: Buffer;
}

/**
 * Decides from the bytes alone (never from a name or a header) what an upload is, and draws its thumbnail.
 *
 * @throws {Refusal} 415 for anything but a whole JPEG, PNG, WebP or GIF, 413 for too many pixels
 */
export async function readPicture(bytes: Buffer): Promise<Picture> {
  const metadata = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => undefined);
  const contentType = contentTypes[metadata?.format ?? ''];
  if (!metadata || !contentType) {
    throw new Refusal(415, 'not-an-image', 'This file is not a picture. Send a JPEG, PNG, WebP or GIF.');
  }
  if (metadata.width * metadata.height > pixelLimit) {
    throw new Refusal(
      413,
      'too-many-pixels',
      `This picture has ${metadata.width}×${metadata.height} pixels; at most 49 million are accepted.`,
    );
  }
  return {
    contentType,
    width: metadata.autoOrient.width,
    height: metadata.autoOrient.height,
    thumbnail: await inTurn(() => drawThumbnail(bytes, metadata.orientation ?? 1)),
  };
}

let drawing: Promise<unknown> = Promise.resolve();

/**
 * One picture at a time: some (interlaced PNGs, say) unpack whole, and a few of them at once would
 * take more memory than the container has. There is one core anyway.
 */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = drawing.then(work);
  drawing = turn.catch(() => {});
  return turn;
}

async function drawThumbnail(bytes: Buffer, orientation: number): Promise<Buffer> {
  try {
    // Shrunk before it is turned: the other way round, turning needs the whole picture in memory.
    const small = await sharp(bytes, { limitInputPixels: pixelLimit, failOn: 'truncated' })
      .resize({ width: thumbnailEdge, height: thumbnailEdge, fit: 'inside', withoutEnlargement: true })
      .withMetadata({ orientation })
      .png({ compressionLevel: 0 })
      .toBuffer();
    return await sharp(small).autoOrient().webp({ quality: 78 }).toBuffer();
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    throw new Refusal(
      415,
      'damaged-image',
      `This picture is damaged or incomplete and cannot be read (${detail}).`,
    );
  }
}
