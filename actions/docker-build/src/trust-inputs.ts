import { ActionError, flag, pairs, secret, text, workspacePath } from '@fairway/action-kit';
import type { TrustAsked } from '@fairway/image-signature';
import type { Phase } from './inputs.js';

/** Who signs, and whose signature counts. Keys are in PEM form and not yet read; empty where there are none. */
export interface TrustInputs {
  readonly signKey: string;
  readonly signKeyPassword: string;
  /** Sign with this job's identity, and no key that anyone keeps. */
  readonly signKeyless: boolean;
  /** The Sigstore that signs: an absolute path, empty for the public one. */
  readonly signingConfig: string;
  readonly verify: TrustAsked;
  /** What the signature must claim. */
  readonly claims: Readonly<Record<string, string>>;
}

/** @throws ActionError 'bad-input' */
export function readTrust(phase: Phase): TrustInputs {
  const claims = Object.fromEntries(pairs('verify-claims'));
  const here = process.env.GITHUB_REPOSITORY;
  const signKeyless = flag('sign-keyless');
  const signingConfig = workspacePath('sigstore-signing-config', { mustExist: true });
  if (signingConfig !== '' && !signKeyless) {
    throw new ActionError(
      'bad-input',
      "The input 'sigstore-signing-config' is given, and nothing is signed with it.",
      {
        remedy: 'Add  sign-keyless: true  or leave it out.',
      },
    );
  }
  const signKey = secret('sign-key');
  if (phase === 'sign' && signKey === '' && !signKeyless) {
    throw new ActionError(
      'bad-input',
      "Nothing says what to sign with: 'sign-key' is empty, and 'sign-keyless' is not true.",
      {
        remedy: 'Give  sign-key: ${{ secrets.SIGN_KEY }}  or  sign-keyless: true',
      },
    );
  }
  return {
    signKey,
    signKeyPassword: secret('sign-key-password'),
    signKeyless,
    signingConfig,
    verify: readVerify(phase),
    // Unless told otherwise, only what this very repository built.
    claims: { ...(here && { repository: here }), ...claims },
  };
}

function readVerify(phase: Phase): TrustAsked {
  const asked = {
    verifyKey: text('verify-key'),
    identity: text('verify-identity'),
    issuer: text('verify-issuer'),
    trustedRoot: workspacePath('sigstore-trusted-root', { mustExist: true }),
  };
  const given = [asked.verifyKey, asked.identity].filter((value) => value !== '').length;
  if (phase !== 'verify' || given === 1) return asked;
  throw new ActionError(
    'bad-input',
    given === 0
      ? "Nothing says whose signature counts: 'verify-key' and 'verify-identity' are empty."
      : "Both 'verify-key' and 'verify-identity' are given, and one signature counts.",
    {
      remedy:
        'Give  verify-key  where images are signed with a key, or  verify-identity: https://github.com/OWNER/REPOSITORY/.github/workflows/*  where they are signed without.',
    },
  );
}
