import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { AwsClient } from 'aws4fetch';
import type { StorageConfig } from '../config.ts';
import type { Storage, StoredObject } from './storage.ts';

type S3Config = Extract<StorageConfig, { kind: 's3' }>;

/**
 * Photos in a bucket of any S3-compatible store. Requests are path-style, which every store understands.
 * Four kinds of request are all that is needed; the AWS SDK would triple the image for them.
 */
export class S3Storage implements Storage {
  readonly #client: AwsClient;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor(config: S3Config) {
    this.#bucket = `${config.endpoint}/${config.bucket}`;
    this.#prefix = config.prefix;
    this.#client = new AwsClient({
      service: 's3',
      region: config.region,
      accessKeyId: config.accessKeyId,
      secretAccessKey: config.secretAccessKey,
      ...(config.sessionToken ? { sessionToken: config.sessionToken } : {}),
      retries: 2,
    });
  }

  async put(key: string, bytes: Buffer, contentType: string): Promise<void> {
    // The checksum is signed: a store refuses bytes that were changed on the way.
    const checksum = createHash('sha256').update(bytes).digest('hex');
    await this.#send('PUT', key, {
      headers: { 'content-type': contentType, 'x-amz-content-sha256': checksum },
      body: new Uint8Array(bytes),
    });
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const response = await this.#send('GET', key, {}, [404]);
    if (response.status === 404 || !response.body) return undefined;
    return {
      body: Readable.fromWeb(response.body as ReadableStream),
      size: Number(response.headers.get('content-length')),
    };
  }

  async remove(key: string): Promise<void> {
    await this.#send('DELETE', key, {}, [404]);
  }

  async check(): Promise<void> {
    await this.#request(this.#bucket, 'HEAD', {}, []);
  }

  #send(method: string, key: string, init: RequestInit, accepted: readonly number[] = []): Promise<Response> {
    return this.#request(`${this.#bucket}/${this.#prefix}${key}`, method, init, accepted);
  }

  async #request(
    url: string,
    method: string,
    init: RequestInit,
    accepted: readonly number[],
  ): Promise<Response> {
    const response = await this.#client.fetch(url, { ...init, method, signal: AbortSignal.timeout(15_000) });
    if (response.ok || accepted.includes(response.status)) {
      if (method !== 'GET' || !response.ok) await response.body?.cancel();
      return response;
    }
    const answer = (await response.text()).replace(/\s+/g, ' ').slice(0, 300);
    throw new Error(`The store answered ${response.status} to ${method} ${new URL(url).pathname}: ${answer}`);
  }
}
