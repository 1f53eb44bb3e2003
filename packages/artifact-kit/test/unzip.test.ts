import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { inTemp } from '@fairway/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unzip } from '../src/unzip.ts';

interface Packed {
  readonly name: string;
  readonly text?: string | Buffer;
  readonly method?: number;
  readonly flags?: number;
  /** The mode of Unix, as zip keeps it. */
  readonly mode?: number;
  /** What the archive says its packed size is. */
  readonly size?: number;
  /** What it says the file's own size is. */
  readonly whole?: number;
}

/** A zip of these files. Source: PKWARE, APPNOTE.TXT, 4.3. */
function zipOf(...files: readonly Packed[]): Buffer {
  let offset = 0;
  const parts = files.map(({ name, text = '', method = 8, flags = 0x800, mode = 0o100644, size, whole }) => {
    const content = Buffer.from(text as string);
    const data = method === 8 ? deflateRawSync(content) : content;
    const path = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(size ?? data.length, 14);
    common.writeUInt32LE(whole ?? content.length, 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, path, data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    const central = Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), common, rest, path]);
    offset += local.length;
    return { local, central };
  });
  const directory = Buffer.concat(parts.map(({ central }) => central));
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts.map(({ local }) => local), directory, Buffer.from('PK\x05\x06'), end]);
}

/** Unpacks it, and gives the files that are there then, in its folder and beside it. */
async function unpacked(
  zip: Buffer,
  bounds = { bytes: 1024 * 1024, files: 100 },
): Promise<Record<string, string>> {
  return inTemp({}, async (folder) => {
    writeFileSync(join(folder, 'a.zip'), zip);
    await unzip(join(folder, 'a.zip'), join(folder, 'out'), bounds);
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name));
    for (const file of files) expect(lstatSync(file).isFile()).toBe(true);
    return Object.fromEntries(
      files
        .map((file) => [file.slice(folder.length + 1), readFileSync(file, 'utf8')])
        .filter(([name]) => name !== 'a.zip'),
    );
  });
}

describe('unpacks', () => {
  it('files, packed and stored, empty ones and folders', async () => {
    const zip = zipOf(
      { name: 'a.txt', text: 'one' },
      { name: 'b/', method: 0 },
      { name: 'b/c d.txt', text: 'two', method: 0 },
      { name: 'b/é..txt' },
      { name: 'none', method: 0 },
    );
    expect(await unpacked(zip)).toEqual({
      'out/a.txt': 'one',
      'out/b/c d.txt': 'two',
      'out/b/é..txt': '',
      'out/none': '',
    });
  });

  it('a link as the text that it is', async () => {
    expect(await unpacked(zipOf({ name: 'a', text: '/etc/passwd', mode: 0o120777 }))).toEqual({
      'out/a': '/etc/passwd',
    });
  });
});

describe('refuses', () => {
  it.each(['../x', 'a/../../x', '/x', '..', '.', 'a//b', 'a/./b', '..\\x', 'C:x', 'a\0b', ''])(
    'the path %j',
    async (name) => {
      await expect(unpacked(zipOf({ name, text: 'x' }))).rejects.toMatchObject({ code: 'bad-artifact' });
    },
  );

  it.each([
    [
      'what unpacks to more than is allowed',
      zipOf({ name: 'a', text: Buffer.alloc(2 * 1024 * 1024) }),
      /more than 1.00 MiB/,
    ],
    [
      'files that do so together',
      zipOf(...[1, 2, 3].map((n) => ({ name: `${n}`, text: Buffer.alloc(400 * 1024) }))),
      /more than 1.00 MiB/,
    ],
    [
      'too many files',
      zipOf(...Array.from({ length: 101 }, (_, n) => ({ name: `${n}` }))),
      /more than 100 files/,
    ],
    ['two files of one name', zipOf({ name: 'a' }, { name: 'a' }), /holds the path 'a'/],
    ['a file below a file', zipOf({ name: 'a' }, { name: 'a/b' }), /broken one: EEXIST/],
    ['what is encrypted', zipOf({ name: 'a', flags: 1 }), /unusual way/],
    ['another way of packing', zipOf({ name: 'a', method: 12 }), /unusual way/],
    ['a size that reaches past its end', zipOf({ name: 'a', text: 'x', size: 1_000_000 }), /broken one/],
    [
      'what unpacks to more than it says',
      zipOf({ name: 'a', text: Buffer.alloc(2 * 1024 * 1024), whole: 10 }),
      /broken one: too many bytes/,
    ],
    ['what is torn off', zipOf({ name: 'a', text: 'x' }).subarray(0, -3), /no zip/],
    ['nothing', Buffer.alloc(0), /no zip/],
    ['text', Buffer.from('not a zip'), /no zip/],
  ])('%s', async (_, zip, message) => {
    await expect(unpacked(zip)).rejects.toMatchObject({
      code: 'bad-artifact',
      message: expect.stringMatching(message),
    });
  });

  it('whatever is wrong with it, in no other way, and leaves nothing beside its folder', async () => {
    const whole = zipOf({ name: 'a.txt', text: 'one' }, { name: 'b/c.txt', text: 'two', method: 0 });
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), async (at, byte) => {
        const broken = Buffer.from(whole);
        broken[at] = byte;
        const files = await unpacked(broken).catch((error: { code?: string }) => {
          expect(error.code).toBe('bad-artifact');
          return {};
        });
        for (const path of Object.keys(files)) expect(path).toMatch(/^out\//);
      }),
      { numRuns: 300 },
    );
  });
});
