import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { cosign } from './cosign.ts';
import type { Workshop } from './workshop.ts';

const execute = promisify(execFile);

/** The workflow that signs in tests. */
export const identity = 'https://github.com/acme/photo-app/.github/workflows/ci.yml@refs/heads/main';

export interface Ended {
  readonly exitCode: number;
  readonly said: string;
}

/** The real cosign and our own verification, asked the same thing about the same image. */
export interface BothSides {
  /** Runs cosign in the workspace. */
  run(...args: string[]): Promise<Ended>;
  byCosign(reference: string, ...more: string[]): Promise<Ended>;
  byUs(image: string, digests: string, more?: Record<string, string>): ReturnType<Workshop['run']>;
}

/** @param place the workspace, where the trusted root stands as `trusted_root.json`, and whose word counts */
export function bothSides(place: () => { readonly shop: Workshop; readonly issuer: string }): BothSides {
  const run = (...args: string[]): Promise<Ended> => {
    const { shop } = place();
    const env = { PATH: process.env.PATH, HOME: shop.workspace };
    return execute(cosign, args, { cwd: shop.workspace, env }).then(
      ({ stdout, stderr }) => ({ exitCode: 0, said: stdout + stderr }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ exitCode: code, said: stderr }),
    );
  };
  return {
    run,
    byCosign: (reference, ...more) =>
      run(
        ...['verify', '--trusted-root', 'trusted_root.json', '--allow-insecure-registry'],
        ...['--certificate-oidc-issuer', place().issuer, ...more, reference],
      ),
    byUs: (image, digests, more = {}) =>
      place().shop.run({
        image,
        digests,
        phase: 'verify',
        'verify-identity': identity,
        'verify-issuer': place().issuer,
        'sigstore-trusted-root': 'trusted_root.json',
        ...more,
      }),
  };
}
