import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { undescribed } from '../src/flow/sbom-view.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

describe('an SBOM in the registry', () => {
  let server: Server;
  let address: string;
  let predicateType: string;

  beforeEach(async () => {
    predicateType = 'https://spdx.dev/Document';
    server = createServer((request, response) => {
      const answers: Readonly<Record<string, unknown>> = {
        [`/v2/shop/manifests/${digest('a')}`]: {
          manifests: [
            { digest: digest('b') },
            { digest: digest('c'), annotations: { 'vnd.docker.reference.digest': digest('b') } },
          ],
        },
        [`/v2/shop/manifests/${digest('c')}`]: {
          layers: [{ digest: digest('d'), annotations: { 'in-toto.io/predicate-type': predicateType } }],
        },
        [`/v2/shop/blobs/${digest('d')}`]: {
          predicate: {
            packages: [
              { name: 'sharp', versionInfo: '0.35.5' },
              { name: 'node', versionInfo: '24.21.0' },
            ],
          },
        },
      };
      const answer = answers[request.url ?? ''];
      if (answer === undefined) response.writeHead(404).end('{}');
      else response.end(JSON.stringify(answer));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const place = server.address();
    address = typeof place === 'object' && place ? `127.0.0.1:${place.port}` : '';
  });
  afterEach(() => server.close());

  const lacking = (of: string, ...packages: string[]) => undescribed(address, 'shop', of, packages);

  it('names what it must, whatever the version or one that begins so', async () => {
    expect(await lacking(digest('a'), 'sharp', 'node 24.')).toBeUndefined();
  });
  it('is found wanting by name and by version', async () => {
    expect(await lacking(digest('a'), 'sharp', 'node 22.', 'shar')).toContain('not node 22., shar');
  });
  it('is missing where there is none, and where nothing was built', async () => {
    predicateType = 'https://slsa.dev/provenance/v1';
    expect(await lacking(digest('a'), 'sharp')).toContain('no SBOM');
    expect(await lacking(digest('e'), 'sharp')).toContain('no SBOM');
    expect(await lacking('', 'sharp')).toContain('no digest');
  });
});
