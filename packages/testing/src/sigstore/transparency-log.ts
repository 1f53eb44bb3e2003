import { createHash, createPublicKey, verify } from 'node:crypto';
import type { initializeTLog } from '@sigstore/mock';
import type { Answer } from '../loopback/server.js';

type Log = Awaited<ReturnType<typeof initializeTLog>>;

/**
 * Takes entries as Rekor's first interface does: only signatures that verify, and written in its own canonical form.
 * Source: sigstore/rekor, pkg/types/hashedrekord/v0.0.1/entry.go and pkg/types/dsse/v0.0.1/entry.go, `Canonicalize`.
 */
export function logEndpoint(log: Log): (body: string) => Promise<Answer> {
  return async (text) => {
    const { kind, apiVersion, spec } = JSON.parse(text) as Proposed;
    const canonical =
      apiVersion !== '0.0.1'
        ? undefined
        : kind === 'dsse'
          ? canonicalEnvelope(spec.proposedContent)
          : kind === 'hashedrekord'
            ? canonicalHash(spec)
            : undefined;
    if (canonical === undefined)
      return { status: 400, body: { code: 400, message: 'error processing entry' } };
    const body = await log.log({ apiVersion, kind, spec: canonical });
    const [uuid = ''] = Object.keys(body);
    return { status: 201, headers: { etag: uuid, location: `/api/v1/log/entries/${uuid}` }, body };
  };
}

interface Proposed {
  readonly kind: string;
  readonly apiVersion: string;
  readonly spec: {
    readonly proposedContent?: { readonly envelope?: string; readonly verifiers?: readonly string[] };
    readonly data?: { readonly hash?: { readonly algorithm?: string; readonly value?: string } };
    readonly signature?: { readonly content?: string; readonly publicKey?: { readonly content?: string } };
  };
}

function canonicalEnvelope(proposed: Proposed['spec']['proposedContent']): unknown {
  const [verifier = ''] = proposed?.verifiers ?? [];
  const envelope = JSON.parse(proposed?.envelope ?? '{}') as {
    payload: string;
    payloadType: string;
    signatures: { sig: string }[];
  };
  const payload = Buffer.from(envelope.payload, 'base64');
  const head = `DSSEv1 ${envelope.payloadType.length} ${envelope.payloadType} ${payload.length} `;
  const signed = Buffer.concat([Buffer.from(head), payload]);
  if (!envelope.signatures.every(({ sig }) => isSigned(signed, sig, verifier))) return undefined;
  return {
    envelopeHash: { algorithm: 'sha256', value: sha256(proposed?.envelope ?? '') },
    payloadHash: { algorithm: 'sha256', value: sha256(payload) },
    signatures: envelope.signatures.map(({ sig }) => ({ signature: sig, verifier })),
  };
}

/** Only the hash is handed over, so that the signature is checked over it. */
function canonicalHash({ data, signature }: Proposed['spec']): unknown {
  const isHash = data?.hash?.algorithm === 'sha256' && /^[0-9a-f]{64}$/.test(data.hash.value ?? '');
  const certificate = Buffer.from(signature?.publicKey?.content ?? '', 'base64').toString();
  if (!isHash || !certificate.startsWith('-----BEGIN CERTIFICATE-----') || !signature?.content)
    return undefined;
  return { data, signature };
}

function isSigned(bytes: Buffer, signature: string, verifier: string): boolean {
  const key = createPublicKey(Buffer.from(verifier, 'base64').toString());
  return verify('sha256', bytes, key, Buffer.from(signature, 'base64'));
}

function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
