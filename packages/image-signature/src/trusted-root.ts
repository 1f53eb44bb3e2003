import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ActionError, messageOf } from '@fairway/action-kit';
import { TrustedRoot } from '@sigstore/protobuf-specs';

/**
 * The certificates and keys of a Sigstore: those in a file, as `cosign trusted-root create` makes it, or those of the
 * public one, which it hands out by TUF and changes now and then.
 * @param path absolute; empty for the public Sigstore
 * @throws ActionError 'bad-trusted-root' or 'sigstore-unreachable'
 */
export async function readTrustedRoot(path: string): Promise<TrustedRoot> {
  if (path === '') return publicRoot();
  try {
    const root = TrustedRoot.fromJSON(JSON.parse(await readFile(path, 'utf8')));
    if (root.certificateAuthorities.length === 0) throw new Error('it names no certificate authority');
    if (root.tlogs.length === 0) throw new Error('it names no transparency log');
    return root;
  } catch (cause) {
    throw new ActionError(
      'bad-trusted-root',
      `The trusted root ${path} cannot be read: ${messageOf(cause)}`,
      {
        remedy:
          'Make it with  cosign trusted-root create --fulcio=… --rekor=…  for your own Sigstore, or leave the input out for the public one.',
        cause,
      },
    );
  }
}

async function publicRoot(): Promise<TrustedRoot> {
  const { getTrustedRoot } = await import('@sigstore/tuf');
  const cachePath = join(process.env.RUNNER_TEMP ?? tmpdir(), 'sigstore-tuf');
  let restore: (() => void) | undefined;
  try {
    // It asks with `fetch`, which by itself does not look at HTTPS_PROXY; before Node 24.14 only NODE_USE_ENV_PROXY makes it.
    restore = http.setGlobalProxyFromEnv?.();
    return await getTrustedRoot({ cachePath });
  } catch (cause) {
    const why = cause instanceof Error && cause.cause !== undefined ? ` (${messageOf(cause.cause)})` : '';
    throw new ActionError(
      'sigstore-unreachable',
      `The keys of the public Sigstore cannot be fetched: ${messageOf(cause)}${why}`,
      {
        remedy:
          'Let the runner reach https://tuf-repo-cdn.sigstore.dev, or commit a trusted root and name it under  sigstore-trusted-root',
        cause,
      },
    );
  } finally {
    restore?.();
  }
}
