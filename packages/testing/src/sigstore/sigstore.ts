import { createHash, generateKeyPairSync } from 'node:crypto';
import { initializeCA, initializeCTLog, initializeTLog, initializeTSA, tsaHandler } from '@sigstore/mock';
import { type Answer, type RecordedRequest, record, serveLoopback } from '../loopback/server.js';
import type { OidcService } from '../oidc/start-oidc.js';
import { certificateEndpoint } from './certificate-authority.js';
import type { SigstoreOptions, SigstoreService } from './start-sigstore.js';
import { logEndpoint } from './transparency-log.js';

const TIMESTAMP = '/api/v1/timestamp';

/**
 * Starts a Sigstore that believes one OIDC issuer: a certificate authority with its log, a transparency log and a
 * timestamp authority, made of sigstore-js's own mock and held to what the real services refuse.
 */
export async function serveSigstore(oidc: OidcService, options: SigstoreOptions): Promise<SigstoreService> {
  const start = new Date(Date.now() - 60_000).toISOString();
  const curve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
  const published = await initializeCTLog(curve('prime256v1'));
  const authority = await initializeCA(curve('secp384r1'), published);
  const log = await initializeTLog('https://rekor.loopback', curve('prime256v1'));
  // Whole seconds, as the real authority says them: sigstore-js does not read the fractions that the mock would write.
  const now = new Date();
  const clock = await initializeTSA(curve('secp384r1'), now);

  const requests: RecordedRequest[] = [];
  const timestamp = tsaHandler(clock).fn;
  const endpoints: Readonly<
    Record<string, (body: string, authorization: string) => Promise<Answer | Buffer>>
  > = {
    '/api/v2/signingCert': certificateEndpoint(authority, oidc),
    '/api/v1/log/entries': logEndpoint(log),
    [TIMESTAMP]: async (body) => {
      now.setTime(Math.floor(Date.now() / 1000) * 1000);
      return Buffer.from((await timestamp(body)).response as Uint8Array);
    },
  };
  const loopback = await serveLoopback(async (exchange) => {
    const text = await exchange.text();
    const entry = record(requests, exchange, undefined);
    const endpoint = exchange.method === 'POST' ? endpoints[exchange.url.pathname] : undefined;
    const answer = !endpoint
      ? { status: 404 }
      : exchange.url.pathname === TIMESTAMP && /\bjson\b/.test(exchange.headers.accept ?? '')
        ? { status: 500 } // as the real authority, which has no JSON to answer
        : await endpoint(text, exchange.headers.authorization ?? '');
    if (!Buffer.isBuffer(answer)) {
      entry.status = answer.status;
      return answer;
    }
    entry.status = 201;
    exchange.outgoing.writeHead(201, { 'content-type': 'application/timestamp-reply' }).end(answer);
    return undefined;
  });

  const service = (url: string) => [{ url, majorApiVersion: 1, validFor: { start }, operator: 'loopback' }];
  const certificates = (...der: readonly ArrayBufferView[]) => ({
    certificates: der.map((bytes) => ({ rawBytes: base64(bytes) })),
  });
  return {
    url: loopback.url,
    requests,
    signingConfig: JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
      caUrls: service(loopback.url),
      oidcUrls: service(oidc.issuer),
      rekorTlogUrls: service(loopback.url),
      rekorTlogConfig: { selector: 'ANY' },
      ...(options.timestamps && {
        tsaUrls: service(`${loopback.url}${TIMESTAMP}`),
        tsaConfig: { selector: 'ANY' },
      }),
    }),
    trustedRoot: JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [logKey(log.publicKey, 'https://rekor.loopback', start)],
      certificateAuthorities: [
        {
          subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
          uri: loopback.url,
          certChain: certificates(authority.rootCertificate),
          validFor: { start },
        },
      ],
      ctlogs: [logKey(published.publicKey, 'https://ctfe.loopback', start)],
      timestampAuthorities: [
        {
          subject: { organization: 'sigstore.mock', commonName: 'tsa' },
          uri: `${loopback.url}${TIMESTAMP}`,
          certChain: certificates(clock.intCertificate, clock.rootCertificate),
          validFor: { start },
        },
      ],
    }),
    close: () => loopback.close(),
  };
}

/** A log's id is the hash of its key. Source: RFC 6962, section 3.2. */
function logKey(publicKey: Buffer, baseUrl: string, start: string): unknown {
  return {
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: publicKey.toString('base64'),
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      validFor: { start },
    },
    logId: { keyId: createHash('sha256').update(publicKey).digest('base64') },
  };
}

function base64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('base64');
}
