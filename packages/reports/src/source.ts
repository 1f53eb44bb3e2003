import { open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { ActionError } from '@fairway/action-kit';

const CHUNK = 256 * 1024;

/** What is kept of one line of a test's output. */
export const LINE_CHARACTERS = 4_000;

/** Tests, files or packages that a report may have begun and not ended. */
const OPEN_ENTRIES = 100_000;

/** What a whole document (JSON) may weigh: it is parsed at once, at about five times its size in memory. */
export const DOCUMENT_BYTES = 256 * 1024 * 1024;

interface Decoder {
  write(bytes: Buffer): string;
  end(): string;
}

/**
 * A file's text in pieces, decoded by its byte-order mark or by what an XML declaration names; UTF-8 otherwise.
 * @param pieceBytes how much of the file a piece holds
 */
export async function* textOf(path: string, pieceBytes: number = CHUNK): AsyncGenerator<string> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(CHUNK);
    let decoder: Decoder | undefined;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK);
      if (bytesRead === 0) break;
      const bytes = buffer.subarray(0, bytesRead);
      let skip = 0;
      if (decoder === undefined) ({ decoder, skip } = decoderFor(bytes, path));
      for (let at = skip; at < bytesRead; at += pieceBytes) {
        yield decoder.write(bytes.subarray(at, at + pieceBytes));
      }
    }
    const rest = decoder?.end() ?? '';
    if (rest !== '') yield rest;
  } finally {
    await file.close();
  }
}

/** A file's lines without their ends. A line over 4 MiB is handed on in pieces. */
export async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of textOf(path)) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
    if (rest.length > 4 * 1024 * 1024) {
      yield rest;
      rest = '';
    }
  }
  if (rest !== '') yield rest;
}

/**
 * A JSON document.
 * @throws ActionError 'unreadable-report' when it is too large or not JSON
 */
export async function jsonOf(path: string, name: string): Promise<unknown> {
  let text = '';
  for await (const piece of textOf(path)) {
    text += piece;
    if (text.length > DOCUMENT_BYTES) throw unreadable(name, 'it is larger than 256 MiB');
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable(name, `it is not JSON (${cause instanceof Error ? cause.message : cause})`);
  }
}

/** The first characters of a file, enough to tell its format. */
export async function headOf(path: string, bytes = 4096): Promise<string> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(bytes);
    const { bytesRead } = await file.read(buffer, 0, bytes);
    const head = buffer.subarray(0, bytesRead);
    const { decoder, skip } = decoderFor(head, path);
    return decoder.write(head.subarray(skip));
  } finally {
    await file.close();
  }
}

/** @throws ActionError 'unreadable-report' when more is open than any run of tests would have */
export function boundOpen(name: string, ...open: readonly { readonly size: number }[]): void {
  if (open.some(({ size }) => size > OPEN_ENTRIES))
    throw unreadable(name, 'it begins tests without end and ends none');
}

export function unreadable(name: string, why: string): ActionError {
  return new ActionError('unreadable-report', `The report '${name}' cannot be read: ${why}.`, {
    remedy:
      'Check that the test command ran to its end and that only one process writes this file. A file left from an earlier run should be deleted before the tests start.',
  });
}

function decoderFor(head: Buffer, path: string): { decoder: Decoder; skip: number } {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { decoder: utf8(), skip: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { decoder: other('utf-16le', path), skip: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { decoder: other('utf-16be', path), skip: 2 };
  if (head[0] === 0x3c && head[1] === 0) return { decoder: other('utf-16le', path), skip: 0 };
  if (head[0] === 0 && head[1] === 0x3c) return { decoder: other('utf-16be', path), skip: 0 };
  const declared = /^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(
    head.toString('latin1', 0, 300),
  )?.[1];
  // A declaration in single bytes that says UTF-16 is wrong about itself: .NET's string writers make such files.
  if (declared === undefined || /^(utf-?8|us-ascii|utf-?16(le|be)?)$/i.test(declared)) {
    return { decoder: utf8(), skip: 0 };
  }
  return { decoder: other(declared, path), skip: 0 };
}

function utf8(): Decoder {
  return new StringDecoder('utf8');
}

function other(label: string, path: string): Decoder {
  try {
    const decoder = new TextDecoder(label);
    return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
  } catch {
    throw unreadable(path, `its encoding '${label}' is not one that is known`);
  }
}
