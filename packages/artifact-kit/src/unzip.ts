import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ActionError, formatBytes, messageOf } from '@fairway/action-kit';
import { type Entry, openPromise } from 'yauzl';
import { badArtifact } from './bad-artifact.js';

export interface Bounds {
  /** Bytes of all files together, unpacked. */
  readonly bytes: number;
  readonly files: number;
}

/** Method 8 of PKWARE, APPNOTE.TXT, 4.4.5; 0 is stored. */
const DEFLATED = 8;

/**
 * Unpacks a zip that anyone may have written: no file lands outside of the folder, a link becomes a plain file, and no
 * more is written than the bounds allow, whatever the archive says of itself.
 * @throws ActionError 'bad-artifact' with what is wrong with it; what was written by then stays
 */
export async function unzip(archive: string, into: string, bounds: Bounds): Promise<void> {
  try {
    await unpack(archive, into, bounds);
  } catch (cause) {
    throw cause instanceof ActionError
      ? cause
      : badArtifact(`it is no zip, or a broken one: ${messageOf(cause)}`, cause);
  }
}

async function unpack(archive: string, into: string, bounds: Bounds): Promise<void> {
  const zip = await openPromise(archive, { strictFileNames: true });
  try {
    if (zip.entryCount > bounds.files) throw badArtifact(`it holds more than ${bounds.files} files`);
    const written = new Set<string>();
    let left = bounds.bytes;
    for await (const entry of zip.eachEntry()) {
      const path = pathOf(entry);
      if (path === undefined || written.has(path)) throw badArtifact(`it holds the path '${entry.fileName}'`);
      if (path.endsWith('/')) continue;
      written.add(path);
      // What an entry says of its size is held against what comes out of it, at the first byte too many.
      left -= entry.uncompressedSize;
      if (left < 0) throw badArtifact(`it unpacks to more than ${formatBytes(bounds.bytes)}`);
      if (entry.isEncrypted() || ![0, DEFLATED].includes(entry.compressionMethod)) {
        throw badArtifact(`'${path}' is packed in an unusual way`);
      }
      await mkdir(dirname(join(into, path)), { recursive: true });
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(join(into, path)));
    }
  } finally {
    zip.close();
  }
}

/** A path that stays below the folder on every system, or undefined. */
function pathOf({ fileName }: Entry): string | undefined {
  const parts = fileName.replace(/\/$/, '').split('/');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no file is to have them in its name
  const wrong = parts.some((part) => part === '' || /^\.{1,2}$|[\\:\u0000-\u001f]/.test(part));
  return wrong ? undefined : fileName;
}
