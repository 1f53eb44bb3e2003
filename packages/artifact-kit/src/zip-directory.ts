import { type FileHandle, open } from 'node:fs/promises';
import { badArtifact } from './bad-artifact.js';

/** A file in a zip: where its bytes are, and how they are packed. */
export interface Entry {
  readonly name: string;
  readonly start: number;
  /** Bytes, as packed. */
  readonly size: number;
  readonly deflated: boolean;
}

/** The end record with the longest comment that it may have. */
const LONGEST_END = 22 + 65_535;
/** The directory of ten thousand files is about one of these. */
const LONGEST_DIRECTORY = 16 * 1024 * 1024;

/**
 * What a zip holds, by its central directory. Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
 * @throws ActionError 'bad-artifact' for what is no zip, is torn, or is one of those that are larger than is read here
 */
export async function entriesOf(archive: string, most: number): Promise<Entry[]> {
  const file = await open(archive);
  try {
    return await readDirectory(file, most);
  } finally {
    await file.close();
  }
}

async function readDirectory(file: FileHandle, most: number): Promise<Entry[]> {
  const { size } = await file.stat();
  const tail = await read(file, Math.max(0, size - LONGEST_END), Math.min(size, LONGEST_END));
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0 || end + 22 > tail.length) throw badArtifact('it is no zip, or a part of one');
  const count = tail.readUInt16LE(end + 10);
  const [length, offset] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  if (count > most || count === 0xffff) throw badArtifact(`it holds more than ${most} files`);
  if (length > LONGEST_DIRECTORY || offset + length > size) throw badArtifact('its directory is not in it');
  const directory = await read(file, offset, length);
  const entries: Entry[] = [];
  for (let at = 0; entries.length < count; ) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== 0x02014b50)
      throw badArtifact('its directory is torn');
    const [name, extra, comment] = [28, 30, 32].map((field) => directory.readUInt16LE(at + field));
    entries.push(await entryAt(file, directory.subarray(at), name ?? 0, size));
    at += 46 + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
  return entries;
}

async function entryAt(file: FileHandle, header: Buffer, nameLength: number, total: number): Promise<Entry> {
  const name = header.toString('utf8', 46, 46 + nameLength);
  const method = header.readUInt16LE(10);
  const encrypted = (header.readUInt16LE(8) & 1) !== 0;
  if (encrypted || (method !== 0 && method !== 8)) throw badArtifact(`'${name}' is packed in an unusual way`);
  const size = header.readUInt32LE(20);
  const offset = header.readUInt32LE(42);
  if (offset + 30 > total) throw badArtifact(`'${name}' is not in it`);
  // The file's own header has other extra fields than the directory.
  const local = await read(file, offset, 30);
  const start = offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  if (local.readUInt32LE(0) !== 0x04034b50 || start + size > total)
    throw badArtifact(`'${name}' is not in it`);
  return { name, start, size, deflated: method === 8 };
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
