import type { Claims } from './signature.js';

/**
 * A signature in cosign's present form: an in-toto statement about a digest, in a DSSE envelope.
 * Source: in-toto/attestation, spec/v1/statement.md; what cosign 3 writes, its pkg/types/predicate.go.
 */
export const SIGN_PREDICATE = 'https://sigstore.dev/cosign/sign/v1';
export const STATEMENT_TYPE = 'application/vnd.in-toto+json';

/** The text that is signed. */
export function statementOf(digest: string, claims: Claims): string {
  return JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [
      {
        digest: { sha256: digest.replace('sha256:', '') },
        ...(Object.keys(claims).length > 0 && { annotations: claims }),
      },
    ],
    predicateType: SIGN_PREDICATE,
    predicate: {},
  });
}

/** The very bytes under a DSSE signature. Source: secure-systems-lab/dsse, protocol.md, "PAE". */
export function preAuthEncoding(type: string, payload: Buffer): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** What the signer says of the digest in a statement; undefined when the statement does not speak of it. Pure. */
export function claimsAbout(digest: string, statement: string): Claims | undefined {
  const { predicateType, subject } = JSON.parse(statement) as { predicateType?: unknown; subject?: unknown };
  if (predicateType !== SIGN_PREDICATE || !Array.isArray(subject)) return undefined;
  const found = subject.find(
    (one: { digest?: { sha256?: unknown } } | null) =>
      typeof one?.digest?.sha256 === 'string' && `sha256:${one.digest.sha256}` === digest,
  );
  return found && ((found as { annotations?: Claims | null }).annotations ?? {});
}

/** The first claim that is not what is wanted, in words. Pure. */
export function claimFlaw(claimed: Claims, wanted: Claims): string | undefined {
  for (const [name, value] of Object.entries(wanted)) {
    if (claimed[name] !== value) return `its ${name} is '${String(claimed[name] ?? '')}', not '${value}'`;
  }
  return undefined;
}
