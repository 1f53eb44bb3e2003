import { ActionError, flag, lines, pairs, secret, text, workspacePath } from '@fairway/action-kit';
import { parseReference } from '@fairway/image-registry';
import type { TrustAsked } from '@fairway/image-signature';

/** What is asked of the images before anything changes. All empty: nothing is, and no registry is spoken to. */
export interface ImageTrust {
  /** Put the digest that a tag has now in its place. */
  readonly resolveTags: boolean;
  /** Whose signature counts; undefined where nothing is verified. */
  readonly verify?: TrustAsked;
  readonly claims: Readonly<Record<string, string>>;
  /** Which images must be signed: names in which `*` stands for anything, those after a `!` taken out. */
  readonly patterns: readonly string[];
  readonly registry: RegistryAccess;
}

/** How the images' registries are read. */
export interface RegistryAccess {
  /** For one registry only; every other is read with what the Docker client keeps, or as nobody. */
  readonly login?: { readonly registry: string; readonly username: string; readonly password: string };
  /** Certificates in PEM form of authorities that a registry's may come from; empty for none. */
  readonly ca: string;
  /** Plain HTTP, for registries on this machine. */
  readonly insecure: boolean;
}

/** Where no image is put in place. */
export const NO_TRUST: ImageTrust = {
  resolveTags: false,
  claims: {},
  patterns: ['*'],
  registry: { ca: '', insecure: false },
};

/** @throws ActionError 'bad-input', or 'bad-image' for an image that is none */
export function readImageTrust(images: readonly { readonly reference: string }[]): ImageTrust {
  const verify = readVerify();
  const patterns = lines('verify-images');
  const claims = Object.fromEntries(pairs('verify-claims'));
  if (verify === undefined && (patterns.length > 0 || Object.keys(claims).length > 0)) {
    const given = patterns.length > 0 ? 'verify-images' : 'verify-claims';
    throw new ActionError(
      'bad-input',
      `The input '${given}' is given, and nothing says whose signature counts.`,
      {
        remedy:
          'Add  verify-key: ${{ vars.FAIRWAY_VERIFY_KEY }}  or  verify-identity , or leave it out: no image is verified now.',
      },
    );
  }
  const here = process.env.GITHUB_REPOSITORY;
  return {
    resolveTags: flag('resolve-tags'),
    ...(verify && { verify }),
    // Unless told otherwise, only what this very repository built.
    claims: { ...(here && { repository: here }), ...claims },
    patterns: patterns.length > 0 ? patterns : ['*'],
    registry: readRegistry(images),
  };
}

function readVerify(): TrustAsked | undefined {
  const asked = {
    verifyKey: text('verify-key'),
    identity: text('verify-identity'),
    issuer: text('verify-issuer'),
    trustedRoot: workspacePath('sigstore-trusted-root', { mustExist: true }),
  };
  if (asked.verifyKey !== '' && asked.identity !== '') {
    throw new ActionError(
      'bad-input',
      "Both 'verify-key' and 'verify-identity' are given, and one signature counts.",
      {
        remedy:
          'Give  verify-key  where images are signed with a key, and  verify-identity  where they are signed without.',
      },
    );
  }
  return asked.verifyKey === '' && asked.identity === '' ? undefined : asked;
}

function readRegistry(images: readonly { readonly reference: string }[]): RegistryAccess {
  const password = secret('registry-password');
  const username = text('registry-username');
  if ((username === '') !== (password === '')) {
    const [missing, present] =
      username === ''
        ? ['registry-username', 'registry-password']
        : ['registry-password', 'registry-username'];
    throw new ActionError('bad-input', `The input '${present}' is given, and '${missing}' is empty.`, {
      remedy: `Give both, for example  registry-username: \${{ github.actor }}  and  registry-password: \${{ github.token }}. A secret that does not exist gives an empty value.`,
    });
  }
  const registry = text('registry') || (username === '' ? '' : registryOf(images[0]?.reference));
  if (username !== '' && registry === '') {
    throw new ActionError(
      'bad-input',
      "The input 'registry-password' is given, and no registry that it is for.",
      {
        remedy: 'Name the one registry that may see it, for example  registry: ghcr.io',
      },
    );
  }
  return {
    ...(username !== '' && { login: { registry, username, password } }),
    ca: text('registry-ca'),
    insecure: flag('registry-insecure'),
  };
}

/** The registry of the image that is put in place first; empty where none is. */
function registryOf(reference: string | undefined): string {
  return reference === undefined ? '' : parseReference(reference).name.registry;
}
