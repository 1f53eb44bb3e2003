import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unsigned } from '../src/flow/signature-view.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const pair = () =>
  generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
const own = pair();

describe('a signature in the registry', () => {
  let server: Server;
  let address: string;
  let signed: string;

  beforeEach(async () => {
    signed = digest;
    server = createServer((request, response) => {
      const payload = JSON.stringify({ critical: { image: { 'docker-manifest-digest': signed } } });
      const blob = `sha256:${createHash('sha256').update(payload).digest('hex')}`;
      const signature = sign('sha256', Buffer.from(payload), own.privateKey).toString('base64');
      const annotations = { 'dev.cosignproject.cosign/signature': signature };
      if (request.url === `/v2/shop/blobs/${blob}`) response.end(payload);
      else if (request.url === `/v2/shop/manifests/sha256-${'a'.repeat(64)}.sig`)
        response.end(JSON.stringify({ layers: [{ digest: blob, annotations }] }));
      else response.writeHead(404).end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const place = server.address();
    address = typeof place === 'object' && place ? `127.0.0.1:${place.port}` : '';
  });
  afterEach(() => server.close());

  it('counts when it is of this digest and by this key', async () => {
    expect(await unsigned(address, 'shop', digest, own.publicKey)).toBeUndefined();
  });
  it('of another key, or of another digest under that tag, does not', async () => {
    expect(await unsigned(address, 'shop', digest, pair().publicKey)).toContain('by this key');
    signed = `sha256:${'b'.repeat(64)}`;
    expect(await unsigned(address, 'shop', digest, own.publicKey)).toContain('of this digest');
  });
  it('is missing where there is none, and where nothing was built', async () => {
    expect(await unsigned(address, 'shop', `sha256:${'c'.repeat(64)}`, own.publicKey)).toMatch(
      /has no sha256-c+\.sig/,
    );
    expect(await unsigned(address, 'shop', '', own.publicKey)).toContain('no digest');
  });
});
