import { createHash, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { payloadOf, signatureManifest, signatureTag, signPayload } from '@fairway/image-signature';

const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** The part of a registry that is read: manifests by tag and digest, and blobs. Behind a password where one is given. */
export class LoopbackRegistry {
  readonly asked: string[] = [];
  password = '';
  readonly #content = new Map<string, string>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const path = request.url ?? '';
      this.asked.push(path);
      const basic = `Basic ${Buffer.from(`robot:${this.password}`).toString('base64')}`;
      if (this.password !== '' && request.headers.authorization !== basic) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end('{}');
        return;
      }
      const text = this.#content.get(path.replace(/^\/v2\//, ''));
      if (text === undefined) response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
      else response.writeHead(200, { 'docker-content-digest': digestOf(text) }).end(text);
    });
  }

  static async start(): Promise<LoopbackRegistry> {
    const registry = new LoopbackRegistry();
    await new Promise<void>((done) => registry.#server.listen(0, '127.0.0.1', done));
    return registry;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** @returns the digest of an image that is there from now on, under this tag */
  push(repository: string, tag: string): string {
    const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(tag), size: 1 };
    return this.#put(repository, tag, JSON.stringify({ schemaVersion: 2, config, layers: [] }));
  }

  /** Signs as docker-build does. */
  sign(repository: string, digest: string, key: KeyObject, claims: Record<string, string>): void {
    const payload = payloadOf(`${this.address}/${repository}`, digest, claims);
    const blob = digestOf(payload);
    this.#content.set(`${repository}/blobs/${blob}`, payload);
    const signature = signPayload(payload, key);
    const layer = { digest: blob, size: payload.length, signature, annotations: {} };
    this.#put(repository, signatureTag(digest), signatureManifest({ digest: blob, size: 1 }, [layer]));
  }

  /** Keeps a bundle in a manifest that refers to an image, under the tag that stands in for a list of such. */
  refer(repository: string, digest: string, bundle: string): void {
    const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
    const blob = digestOf(bundle);
    this.#content.set(`${repository}/blobs/${blob}`, bundle);
    const layers = [{ mediaType, digest: blob, size: bundle.length }];
    const manifest = this.#put(repository, 'bundle', JSON.stringify({ schemaVersion: 2, layers }));
    const entry = { digest: manifest, artifactType: mediaType };
    this.#put(repository, digest.replace(':', '-'), JSON.stringify({ manifests: [entry] }));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  #put(repository: string, tag: string, manifest: string): string {
    const digest = digestOf(manifest);
    for (const reference of [tag, digest])
      this.#content.set(`${repository}/manifests/${reference}`, manifest);
    return digest;
  }
}
