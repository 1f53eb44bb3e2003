import { createHash } from 'node:crypto';
import { ActionError } from '@fairway/action-kit';
import { getFrom, postTo, type ServiceAnswer } from './service.js';
import type { SigstoreServices } from './signing-config.js';

/** What is put on record: the signature of a payload, or of a statement in its envelope. */
export type Recorded =
  | { readonly kind: 'hashedrekord'; readonly payload: Buffer; readonly signature: Buffer }
  | {
      readonly kind: 'dsse';
      readonly envelope: Envelope;
      /** The bytes under the envelope's signature. */
      readonly payload: Buffer;
      readonly signature: Buffer;
    };

export interface Envelope {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly sig: string }[];
}

/** An entry as a bundle holds it. Source: sigstore/protobuf-specs, sigstore_rekor.proto, `TransparencyLogEntry`. */
export interface LogEntry {
  readonly logIndex: string;
  readonly logId: { readonly keyId: string };
  readonly kindVersion: { readonly kind: string; readonly version: string };
  readonly integratedTime: string;
  readonly inclusionPromise?: { readonly signedEntryTimestamp: string };
  readonly inclusionProof?: unknown;
  /** Base64. */
  readonly canonicalizedBody: string;
}

const LOG = 'The transparency log (Rekor)';

/** Tries to get a signature on record, each with one of its own. */
const SIGNATURES = 3;

/**
 * Signs, and puts that on record. Where the answer to the first try was lost, the log has the entry already: one with
 * the first interface gives it out, one with the second does not, and is given another signature.
 * Source: sigstore/rekor-tiles, internal/server/service.go, `CreateEntry` (`AlreadyExists`).
 * @param make signs; no two of its signatures may be the same
 * @param certificate in PEM form, of the key that signed
 */
export async function record<T extends Recorded>(
  { url, version }: SigstoreServices['rekor'],
  make: () => T,
  certificate: string,
): Promise<{ readonly what: T; readonly entry: LogEntry }> {
  for (let attempt = 0; version === 2 && attempt < SIGNATURES; attempt++) {
    const what = make();
    const answer = await postTo(LOG, `${url}/api/v2/log/entries`, requestV2(what, certificate));
    if (answer.status !== 409) return { what, entry: JSON.parse(answer.body.toString('utf8')) as LogEntry };
  }
  if (version === 2) {
    throw new ActionError('sigstore-refused', 'The transparency log has every signature already.', {
      remedy:
        'Run the job again. If it stays, check the address under rekorTlogUrls in  sigstore-signing-config',
    });
  }
  const what = make();
  const answer = await postTo(LOG, `${url}/api/v1/log/entries`, requestV1(what, certificate));
  return { what, entry: entryV1(await settled(answer, url), what.kind) };
}

/** A second try after a broken connection may find the entry there already. */
async function settled(answer: ServiceAnswer, url: string): Promise<ServiceAnswer> {
  return answer.status === 409 ? getFrom(LOG, new URL(answer.location, url).href) : answer;
}

/** Source: sigstore/rekor, openapi.yaml, pkg/types/hashedrekord/v0.0.1 and pkg/types/dsse/v0.0.1. */
function requestV1(what: Recorded, certificate: string): unknown {
  const verifier = Buffer.from(certificate).toString('base64');
  if (what.kind === 'dsse') {
    return {
      apiVersion: '0.0.1',
      kind: 'dsse',
      spec: { proposedContent: { envelope: JSON.stringify(what.envelope), verifiers: [verifier] } },
    };
  }
  return {
    apiVersion: '0.0.1',
    kind: 'hashedrekord',
    spec: {
      data: { hash: { algorithm: 'sha256', value: sha256(what.payload).toString('hex') } },
      signature: { content: what.signature.toString('base64'), publicKey: { content: verifier } },
    },
  };
}

/**
 * It knows hashes alone: of an envelope, that of the bytes under its signature.
 * Source: sigstore/rekor-tiles, CLIENTS.md, "DSSE / signed attestations"; api/proto/rekor/v2/hashedrekord.proto.
 */
function requestV2({ payload, signature }: Recorded, certificate: string): unknown {
  const verifier = {
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
    x509Certificate: { rawBytes: derOf(certificate) },
  };
  return {
    hashedRekordRequestV002: {
      digest: sha256(payload).toString('base64'),
      signature: { content: signature.toString('base64'), verifier },
    },
  };
}

interface EntryV1 {
  readonly body: string;
  readonly integratedTime: number;
  readonly logID: string;
  readonly logIndex: number;
  readonly verification?: {
    readonly signedEntryTimestamp?: string;
    readonly inclusionProof?: {
      readonly checkpoint: string;
      readonly hashes: readonly string[];
      readonly logIndex: number;
      readonly rootHash: string;
      readonly treeSize: number;
    };
  };
}

function entryV1(answer: ServiceAnswer, kind: Recorded['kind']): LogEntry {
  const [entry] = Object.values(JSON.parse(answer.body.toString('utf8')) as Record<string, EntryV1>);
  const { signedEntryTimestamp, inclusionProof } = entry?.verification ?? {};
  if (!entry || signedEntryTimestamp === undefined || !inclusionProof) {
    throw new ActionError(
      'sigstore-refused',
      'The transparency log took the signature and promised nothing.',
      {
        remedy: 'Check the address under rekorTlogUrls in  sigstore-signing-config',
      },
    );
  }
  return {
    logIndex: String(entry.logIndex),
    logId: { keyId: base64OfHex(entry.logID) },
    kindVersion: { kind, version: '0.0.1' },
    integratedTime: String(entry.integratedTime),
    inclusionPromise: { signedEntryTimestamp },
    inclusionProof: {
      logIndex: String(inclusionProof.logIndex),
      rootHash: base64OfHex(inclusionProof.rootHash),
      treeSize: String(inclusionProof.treeSize),
      hashes: inclusionProof.hashes.map(base64OfHex),
      checkpoint: { envelope: inclusionProof.checkpoint },
    },
    canonicalizedBody: entry.body,
  };
}

/** The bytes of a certificate in PEM form, in base64. */
export function derOf(pem: string): string {
  return pem.replace(/-----[A-Z ]+-----|\s/g, '');
}

function base64OfHex(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
