/**
 * A whole body of an answer, of which no more is read than may be kept: a service that never ends must not take the memory.
 * @param limit bytes
 * @throws Error when there is more; what has been read is let go
 */
export async function readBody(body: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) throw new Error(`the answer is larger than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
