import type { IncomingMessage } from 'node:http';
import busboy from 'busboy';
import type { Upload } from './gallery.ts';
import { titleLimit } from './photo.ts';
import { Refusal } from './refusal.ts';

/**
 * Receives one photo: a form (`multipart/form-data` with a file `photo` and a text `title`),
 * or the bare bytes with the title in the query.
 *
 * @throws {Refusal} 400, 413 or 415; the rest of the request has then been read or given up
 */
export async function receiveUpload(
  request: IncomingMessage,
  query: URLSearchParams,
  maxBytes: number,
): Promise<Upload> {
  try {
    // The length is known before the first byte: no need to read what will be refused.
    if (Number(request.headers['content-length']) > maxBytes + formOverhead) throw tooLarge(maxBytes);
    const upload = /^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '')
      ? await readForm(request, maxBytes)
      : { bytes: await readBytes(request, maxBytes), title: query.get('title') ?? undefined };
    if (upload.bytes.length === 0)
      throw new Refusal(400, 'empty-upload', 'The upload is empty. Choose a picture first.');
    return upload;
  } catch (cause) {
    await discard(request, 4 * maxBytes);
    throw cause;
  }
}

/** What boundaries, part headers and the title may add to the bytes of the photo. */
const formOverhead = 16 * 1024;

async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let received = 0;
  // Not `for await`: leaving that loop destroys the request, and with it the way to answer.
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > maxBytes) reject(tooLarge(maxBytes));
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => reject(interrupted()));
  });
}

function readForm(request: IncomingMessage, maxBytes: number): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const form = openForm(request, maxBytes, reject);
    if (!form) return;
    const chunks: Buffer[] = [];
    let title: string | undefined;
    form.on('field', (name, value) => {
      if (name === 'title') title = value;
    });
    const malformed = () =>
      reject(new Refusal(400, 'malformed-form', 'The form ends early or is malformed.'));
    form.on('file', (name, file) => {
      // The part has an error of its own beside the form's; unheard, it would end the process.
      file.on('error', malformed);
      if (name !== 'photo') {
        file.resume();
        return;
      }
      file.on('data', (chunk: Buffer) => chunks.push(chunk));
      file.on('limit', () => reject(tooLarge(maxBytes)));
    });
    form.on('filesLimit', () => reject(new Refusal(400, 'one-photo-only', 'Send one photo in a request.')));
    form.on('error', malformed);
    form.on('close', () => resolve({ bytes: Buffer.concat(chunks), title }));
    request.on('error', () => reject(interrupted()));
    request.pipe(form);
  });
}

function openForm(
  request: IncomingMessage,
  maxBytes: number,
  reject: (cause: Error) => void,
): busboy.Busboy | undefined {
  try {
    return busboy({
      headers: request.headers,
      limits: { files: 1, fileSize: maxBytes, fields: 4, fieldSize: 8 * titleLimit, parts: 6 },
    });
  } catch {
    reject(new Refusal(400, 'malformed-form', 'The Content-Type of the form names no boundary.'));
    return undefined;
  }
}

/**
 * Reads on without keeping anything, so that the sender, who is still sending, gets to read the answer;
 * past `limit` bytes it is cut off all the same.
 */
function discard(request: IncomingMessage, limit: number): Promise<void> {
  if (request.readableEnded || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let left = limit;
    request.unpipe();
    request.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) resolve();
    });
    request.on('close', resolve);
    request.on('end', resolve);
    request.resume();
  });
}

function tooLarge(maxBytes: number): Refusal {
  const allowed = maxBytes >= 1024 ** 2 ? `${Math.floor(maxBytes / 1024 ** 2)} MiB` : `${maxBytes} bytes`;
  return new Refusal(413, 'too-large', `This photo is too large; at most ${allowed} are accepted.`);
}

function interrupted(): Refusal {
  return new Refusal(400, 'interrupted', 'The upload was interrupted. Send it again.');
}
