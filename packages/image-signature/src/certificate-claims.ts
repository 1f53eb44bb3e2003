import type { Claims } from './signature.js';

/** What Fulcio writes into a certificate of a workflow. Source: sigstore/fulcio, docs/oid-info.md. */
const FULCIO = '1.3.6.1.4.1.57264.1.';
const EXTENSIONS: Readonly<Record<string, string>> = {
  '9': 'signer',
  '11': 'runner-environment',
  '12': 'repository',
  '13': 'sha',
  '14': 'ref',
  '16': 'owner',
  '18': 'workflow',
  '20': 'trigger',
  '21': 'run',
  '22': 'visibility',
};
/** Given as addresses; claimed without the server where a signature of ours has them without it too. */
const WITHOUT_SERVER = new Set(['repository', 'workflow', 'owner']);

/** An extension of a certificate: its number, and its value in DER. */
export interface Extension {
  readonly oid: string;
  readonly value: Buffer;
}

/** What the certificate says of the run that signed, by the names that signatures with a key claim it under. Pure. */
export function certificateClaims(extensions: readonly Extension[]): Claims {
  const claims: Record<string, string> = {};
  for (const { oid, value } of extensions) {
    const name = oid.startsWith(FULCIO) ? EXTENSIONS[oid.slice(FULCIO.length)] : undefined;
    const text = name && utf8String(value);
    if (name && text !== undefined)
      claims[name] = WITHOUT_SERVER.has(name) ? text.replace(/^https:\/\/[^/]+\//, '') : text;
  }
  return claims;
}

/** A UTF8String in DER. Source: X.690, 8.23. Undefined for anything else. */
function utf8String(der: Buffer): string | undefined {
  if (der[0] !== 0x0c) return undefined;
  const [, short = 0] = der;
  const octets = short < 0x80 ? 0 : short & 0x7f;
  if (octets > 2) return undefined;
  const start = 2 + octets;
  const length = octets === 0 ? short : der.readUIntBE(2, octets);
  return der.length === start + length ? der.toString('utf8', start) : undefined;
}

/** Whether an identity is the one wanted, in which `*` stands for anything. Pure. */
export function isIdentity(identity: string, wanted: string): boolean {
  const parts = wanted.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(identity);
}
