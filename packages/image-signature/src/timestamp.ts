import { createHash, randomInt } from 'node:crypto';
import { postTo } from './service.js';

/**
 * A signed statement of when a signature was there, RFC 3161, in base64.
 * Source: sigstore/timestamp-authority, openapi.yaml, `getTimestampResponse` with JSON.
 */
export async function timestampOf(authority: string, signature: Buffer): Promise<string> {
  const request = {
    artifactHash: createHash('sha256').update(signature).digest('base64'),
    hashAlgorithm: 'sha256',
    certificates: true,
    nonce: randomInt(1, 2 ** 47),
  };
  const { body } = await postTo('The timestamp authority', authority, request, 'application/timestamp-reply');
  return body.toString('base64');
}
