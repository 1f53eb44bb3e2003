import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { record } from '../src/rekor.js';

const certificate = '-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n';
const payload = Buffer.from('the bytes that were signed');
const signature = Buffer.from('signature');
const what = { kind: 'hashedrekord', payload, signature } as const;
const envelope = { payload: 'e30=', payloadType: 't', signatures: [{ sig: signature.toString('base64') }] };

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}

let server: Server;
let url: string;
let answers: Answer[];
let asked: { method: string; path: string; body: unknown }[];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const [method = '', path = ''] = [request.method, request.url];
    asked.push({ method, path, body: text === '' ? undefined : JSON.parse(text) });
    const { status, headers, body } = answers.shift() ?? { status: 404, body: {} };
    response.writeHead(status, headers).end(JSON.stringify(body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => {
  asked = [];
  answers = [];
});

const entry = {
  body: 'e30=',
  integratedTime: 1795521600,
  logID: 'c0ffee',
  logIndex: 7,
  verification: {
    signedEntryTimestamp: 'c2V0',
    inclusionProof: { checkpoint: 'c', hashes: ['00ff'], logIndex: 5, rootHash: 'ff', treeSize: 9 },
  },
};
const kept = {
  logIndex: '7',
  logId: { keyId: 'wP/u' },
  kindVersion: { kind: 'hashedrekord', version: '0.0.1' },
  integratedTime: '1795521600',
  inclusionPromise: { signedEntryTimestamp: 'c2V0' },
  inclusionProof: {
    logIndex: '5',
    rootHash: '/w==',
    treeSize: '9',
    hashes: ['AP8='],
    checkpoint: { envelope: 'c' },
  },
  canonicalizedBody: 'e30=',
};

it('is written as a bundle holds it', async () => {
  answers = [{ status: 201, body: { uuid: entry } }];
  expect(await record({ url, version: 1 }, () => what, certificate)).toEqual({ what, entry: kept });
});

it('is found again where the answer to the first try was lost', async () => {
  answers = [
    { status: 503, body: {} },
    { status: 409, headers: { location: '/api/v1/log/entries/uuid' }, body: { code: 409 } },
    { status: 200, body: { uuid: entry } },
  ];
  expect(await record({ url, version: 1 }, () => what, certificate)).toEqual({ what, entry: kept });
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /api/v1/log/entries',
    'POST /api/v1/log/entries',
    'GET /api/v1/log/entries/uuid',
  ]);
});

it('refuses a log that takes the signature and promises nothing', async () => {
  answers = [{ status: 201, body: { uuid: { ...entry, verification: {} } } }];
  await expect(record({ url, version: 1 }, () => what, certificate)).rejects.toThrow('promised nothing');
});

it('says what the log refused, in one line', async () => {
  answers = [{ status: 400, body: { message: 'not\n::error::today' } }];
  await expect(record({ url, version: 1 }, () => what, certificate)).rejects.toThrow(
    /Rekor\) answered 400: [^\n]*today/,
  );
});

// Source: sigstore/rekor-tiles, CLIENTS.md: the second interface takes hashes alone, of an envelope that of its signed bytes.
it.each([what, { kind: 'dsse', envelope, payload, signature } as const])(
  'asks the second interface by hash ($kind)',
  async (one) => {
    answers = [{ status: 201, body: { logIndex: '1' } }];
    const made = await record({ url, version: 2 }, () => one, certificate);
    expect(made).toEqual({ what: one, entry: { logIndex: '1' } });
    expect(asked).toEqual([
      {
        method: 'POST',
        path: '/api/v2/log/entries',
        body: {
          hashedRekordRequestV002: {
            digest: createHash('sha256').update(payload).digest('base64'),
            signature: {
              content: signature.toString('base64'),
              verifier: { keyDetails: 'PKIX_ECDSA_P256_SHA_256', x509Certificate: { rawBytes: 'AQID' } },
            },
          },
        },
      },
    ]);
  },
);

// Source: the answers of rekor-server 2.3.0 with POSIX storage, to the same request twice.
const exists = {
  status: 409,
  body: {
    code: 6,
    message: 'an equivalent entry already exists in the transparency log with index 0',
    details: [],
  },
};

it('signs again where the second interface has the lost entry, and gives it out no more', async () => {
  answers = [{ status: 503, body: {} }, exists, { status: 201, body: { logIndex: '1' } }];
  let signed = 0;
  const make = () => ({ ...what, signature: Buffer.from(`signature ${++signed}`) });
  const made = await record({ url, version: 2 }, make, certificate);
  expect(made).toEqual({
    what: { ...what, signature: Buffer.from('signature 2') },
    entry: { logIndex: '1' },
  });
});

it('gives up on a log that has whatever it is given', async () => {
  answers = [exists, exists, exists];
  const made = record({ url, version: 2 }, () => what, certificate);
  await expect(made).rejects.toThrow('has every signature already');
  expect(asked).toHaveLength(3);
});
