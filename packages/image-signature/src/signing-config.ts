import { ActionError } from '@fairway/action-kit';
import { isLoopback } from '@fairway/image-registry';

/** Where a signature without a key of one's own is made. */
export interface SigstoreServices {
  /** Gives certificates for identity tokens. */
  readonly fulcio: string;
  /** Keeps the public log. */
  readonly rekor: { readonly url: string; readonly version: 1 | 2 };
  /** Says when, where the log does not. */
  readonly timestamps?: string;
}

/** The public instance: what its signing configuration names by default. */
export const PUBLIC_SERVICES: SigstoreServices = {
  fulcio: 'https://fulcio.sigstore.dev',
  rekor: { url: 'https://rekor.sigstore.dev', version: 1 },
};

/**
 * Reads a signing configuration, `cosign signing-config create`: of each service the one that is valid now, and of
 * the logs the newest interface that is spoken here.
 * Source: sigstore/protobuf-specs, sigstore_trustroot.proto, `SigningConfig`.
 * @throws ActionError 'bad-input'
 */
export function parseSigningConfig(text: string, now: Date): SigstoreServices {
  const config = objectIn(text);
  const fulcio = newest(config.caUrls, now, [1]);
  const rekor = newest(config.rekorTlogUrls, now, [2, 1]);
  const timestamps = newest(config.tsaUrls, now, [1]);
  if (!fulcio) throw bad('it names no certificate authority (caUrls) that is valid now');
  if (!rekor) throw bad('it names no transparency log (rekorTlogUrls) that is valid now');
  const version = rekor.version === 2 ? 2 : 1;
  if (version === 2 && !timestamps) {
    throw bad('its log says no times (version 2), and it names no timestamp authority (tsaUrls)');
  }
  return {
    fulcio: fulcio.url,
    rekor: { url: rekor.url, version },
    ...(timestamps && { timestamps: timestamps.url }),
  };
}

interface Service {
  readonly url: string;
  readonly version: number;
}

function newest(services: unknown, now: Date, versions: readonly number[]): Service | undefined {
  const valid = (Array.isArray(services) ? services : []).flatMap((one) => readService(one, now));
  return versions.flatMap((version) => valid.filter((service) => service.version === version)).at(0);
}

function readService(value: unknown, now: Date): Service[] {
  const { url, majorApiVersion, validFor } = (value ?? {}) as {
    url?: unknown;
    majorApiVersion?: unknown;
    validFor?: { start?: string; end?: string };
  };
  if (typeof url !== 'string' || typeof majorApiVersion !== 'number') return [];
  const { start, end } = validFor ?? {};
  if (start !== undefined && new Date(start) > now) return [];
  if (end !== undefined && new Date(end) < now) return [];
  const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '' };
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname))) {
    throw bad(`'${url.slice(0, 200)}' is no https address, and the job's identity would be sent there`);
  }
  return [{ url: url.replace(/\/+$/, ''), version: majorApiVersion }];
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {}
  throw bad('it is no JSON object');
}

function bad(why: string): ActionError {
  return new ActionError('bad-input', `The input 'sigstore-signing-config' cannot be used: ${why}.`, {
    remedy:
      'Make it with  cosign signing-config create  for your own Sigstore, or leave it out for the public one.',
  });
}
