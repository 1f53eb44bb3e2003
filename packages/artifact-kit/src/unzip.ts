import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PassThrough, Readable, Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { ActionError, formatBytes } from '@fairway/action-kit';
import { badArtifact } from './bad-artifact.js';
import { type Entry, entriesOf } from './zip-directory.js';

export interface Bounds {
  /** Bytes of all files together, unpacked. */
  readonly bytes: number;
  readonly files: number;
}

/**
 * Unpacks a zip that anyone may have written: no file lands outside of the folder, a link becomes a plain file, and no
 * more is written than the bounds allow, whatever the archive says of itself.
 * @throws ActionError 'bad-artifact' with what is wrong with it; what was written by then stays
 */
export async function unzip(archive: string, into: string, bounds: Bounds): Promise<void> {
  const written = new Set<string>();
  let left = bounds.bytes;
  for (const entry of await entriesOf(archive, bounds.files)) {
    const path = pathOf(entry.name);
    if (path === undefined || written.has(path)) throw badArtifact(`it holds the path '${entry.name}'`);
    if (path.endsWith('/')) continue;
    written.add(path);
    const room = new Room(left, `it unpacks to more than ${formatBytes(bounds.bytes)}`);
    try {
      await mkdir(dirname(join(into, path)), { recursive: true });
      await pipeline(packed(archive, entry), unpacking(entry), room, createWriteStream(join(into, path)));
    } catch (cause) {
      throw cause instanceof ActionError ? cause : badArtifact(`'${entry.name}' cannot be unpacked`, cause);
    }
    left -= room.used;
  }
}

/** A path that stays below the folder on every system, or undefined. */
function pathOf(name: string): string | undefined {
  const parts = name.replace(/\/$/, '').split('/');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no file is to have them in its name
  const wrong = parts.some((part) => part === '' || /^\.{1,2}$|[\\:\u0000-\u001f]/.test(part));
  return wrong ? undefined : name;
}

function packed(archive: string, { start, size }: Entry): Readable {
  return size === 0 ? Readable.from([]) : createReadStream(archive, { start, end: start + size - 1 });
}

function unpacking({ deflated, size }: Entry): Transform {
  return deflated && size > 0 ? createInflateRaw() : new PassThrough();
}

/** Lets so many bytes through, and fails at the next one. */
class Room extends Transform {
  readonly #bytes: number;
  readonly #full: string;
  used = 0;

  constructor(bytes: number, full: string) {
    super();
    this.#bytes = bytes;
    this.#full = full;
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.used += chunk.length;
    if (this.used <= this.#bytes) done(null, chunk);
    else done(badArtifact(this.#full));
  }
}
