import { crc32, deflateSync } from 'node:zlib';
import { at, text } from '../engine/json-value.js';

/**
 * Uploads a photo to the app and reads it back.
 * @returns undefined when what came back is what was sent, otherwise what went wrong
 */
export async function photoRoundTrip(address: string): Promise<string | undefined> {
  const photo = drawPng(64, 48);
  const limit = () => AbortSignal.timeout(15_000);
  try {
    const upload = await fetch(`${address}/photos?name=harbour.png`, {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: new Uint8Array(photo),
      signal: limit(),
    });
    if (upload.status !== 201) return `the upload was answered with ${upload.status}: ${await upload.text()}`;
    const links = at(await upload.json(), 'links');
    const original = await fetch(new URL(text(at(links, 'original')), address), { signal: limit() });
    if (!original.ok) return `the photo could not be read back: ${original.status}`;
    if (!Buffer.from(await original.arrayBuffer()).equals(photo))
      return 'what came back is not what was sent';
    const thumbnail = await fetch(new URL(text(at(links, 'thumbnail')), address), { signal: limit() });
    if (!thumbnail.ok) return `the thumbnail could not be read: ${thumbnail.status}`;
    return undefined;
  } catch (error) {
    return `${address} does not answer: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A PNG of one colour gradient (PNG specification, 3rd edition: signature, IHDR, IDAT, IEND; 8-bit RGB). */
export function drawPng(width: number, height: number): Buffer {
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      rows.set([(x * 255) / width, (y * 255) / height, 128], y * (1 + width * 3) + 1 + x * 3);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
