import { X509Certificate } from 'node:crypto';
import { ActionError, messageOf } from '@fairway/action-kit';

/** One certificate in PEM form. Source: RFC 7468, section 5. */
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * The certificates in a PEM text.
 * @throws ActionError 'bad-input' for a text that holds none, or one that is none
 */
export function readAuthorities(pem: string): string[] {
  const found = pem.match(CERTIFICATE) ?? [];
  try {
    for (const certificate of found) new X509Certificate(certificate);
  } catch (cause) {
    throw notPem(messageOf(cause));
  }
  if (found.length === 0) throw notPem('it holds no certificate');
  return found;
}

function notPem(why: string): ActionError {
  return new ActionError('bad-input', `The input 'registry-ca' is no certificate in PEM form: ${why}.`, {
    remedy:
      'Give the certificate of the authority itself, from -----BEGIN CERTIFICATE----- on, for example  registry-ca: ${{ vars.REGISTRY_CA }}',
  });
}

/** Lets this process trust authorities beside those that Node knows, from now on. */
export async function trustAlso(authorities: readonly string[]): Promise<void> {
  const tls = await import('node:tls');
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...authorities]);
}
