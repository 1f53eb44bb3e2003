import { realpathSync } from 'node:fs';
import {
  ActionError,
  duration,
  flag,
  integer,
  lines,
  oneOf,
  pairs,
  secret,
  text,
  workspacePath,
} from '@fairway/action-kit';
import { type BuildContext, folderContext, isRemoteContext } from './build-context.js';
import { type BuildSecret, parseBuildSecrets } from './build-secret.js';
import { type BuilderChoice, parseBuilder } from './builder-choice.js';
import { parseByteSize } from './byte-size.js';
import type { Login } from './docker-config.js';
import { type ImageName, isLoopback, isTag, parseImageName } from './image-name.js';
import { isDigest } from './registry/manifest.js';
import { DEFAULT_RULES, parseTagRule, type TagRule } from './tag-rule.js';

/** Every input, read and checked once. */
export interface Inputs {
  /** `build` makes an image; `merge` joins images already pushed into one for all their platforms. */
  readonly phase: 'build' | 'merge';
  readonly digests: readonly string[];
  readonly image: ImageName;
  readonly tagRules: readonly TagRule[];
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: readonly string[];
  readonly push: boolean;
  readonly login?: Login;
  readonly insecure: boolean;
  readonly retries: number;
  /** Milliseconds for all of the building. */
  readonly timeoutMs: number;
  readonly build: BuildInputs;
  readonly checks: CheckInputs;
}

/** What goes into the build. */
export interface BuildInputs {
  readonly context: BuildContext;
  readonly target: string;
  readonly platforms: readonly string[];
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly secrets: readonly BuildSecret[];
  readonly buildContexts: readonly string[];
  readonly ssh: readonly string[];
  readonly network: 'default' | 'none' | 'host';
  readonly noCache: boolean;
  readonly pull: boolean;
  readonly builder: BuilderChoice;
  readonly cache: 'registry' | 'gha' | 'none';
  readonly cacheScope: string;
  readonly provenance: 'max' | 'min' | 'false';
  readonly sbom: boolean;
}

/** What is asked of the image before it is pushed. */
export interface CheckInputs {
  readonly scanCommand: string;
  readonly testCommand: string;
  /** Bytes; undefined is no limit. */
  readonly sizeBudget?: number;
  /** A tag whose image the size is compared with. */
  readonly compareWith: string;
}

/** @throws ActionError for any input that cannot be followed */
export function readInputs(): Inputs {
  const phase = oneOf('phase', ['build', 'merge'], { default: 'build' });
  const image = parseImageName(text('image', { required: true }));
  const push = flag('push', false) || phase === 'merge';
  return {
    phase,
    digests: readDigests(phase),
    image,
    tagRules: (lines('tags').length > 0 ? lines('tags') : DEFAULT_RULES).map(parseTagRule),
    labels: pairs('labels'),
    annotations: lines('annotations'),
    push,
    ...readLogin(image),
    insecure: readInsecure(image),
    retries: integer('retries', { min: 0, max: 10, default: 2 }),
    timeoutMs: duration('timeout', { default: '30m' }),
    build: readBuild(phase),
    checks: readChecks(),
  };
}

function readBuild(phase: Inputs['phase']): BuildInputs {
  return {
    context: phase === 'merge' ? { kind: 'remote', url: '', dockerfile: '' } : readContext(),
    target: text('target'),
    platforms: readPlatforms(),
    buildArgs: pairs('build-args'),
    secrets: parseBuildSecrets(lines('secrets'), process.env, workspace()),
    buildContexts: lines('build-contexts'),
    ssh: lines('ssh'),
    network: oneOf('network', ['default', 'none', 'host'], { default: 'default' }),
    noCache: flag('no-cache', false),
    pull: flag('pull', false),
    builder: parseBuilder(text('builder')),
    cache: oneOf('cache', ['registry', 'gha', 'none'], { default: 'registry' }),
    cacheScope: text('cache-scope'),
    provenance: oneOf('provenance', ['max', 'min', 'false'], { default: 'max' }),
    sbom: flag('sbom', false),
  };
}

function readChecks(): CheckInputs {
  const budget = text('size-budget');
  const compareWith = text('compare-with');
  if (compareWith !== '' && !isTag(compareWith)) {
    throw new ActionError(
      'bad-input',
      `The input 'compare-with' is '${compareWith.slice(0, 130)}', which is no tag.`,
      {
        remedy: 'Name a tag of the same image, for example  compare-with: main',
      },
    );
  }
  return {
    scanCommand: text('scan-command'),
    testCommand: text('test-command'),
    ...(budget !== '' && { sizeBudget: parseByteSize('size-budget', budget) }),
    compareWith,
  };
}

function readContext(): BuildContext {
  const given = text('context', { default: '.' });
  const file = text('file');
  if (isRemoteContext(given)) return { kind: 'remote', url: given, dockerfile: file };
  return folderContext(workspace(), given, workspacePath('context', { default: '.' }), file);
}

function workspace(): string {
  return realpathSync(process.env.GITHUB_WORKSPACE ?? process.cwd());
}

function readPlatforms(): string[] {
  const platforms = lines('platforms').flatMap((line) =>
    line
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  );
  for (const platform of platforms) {
    if (/^[a-z0-9_.-]+\/[a-z0-9_.-]+(?:\/[a-z0-9_.-]+)?$/.test(platform)) continue;
    throw new ActionError(
      'bad-input',
      `The input 'platforms' names '${platform.slice(0, 80)}', which is no platform.`,
      {
        remedy: 'Write them as  platforms: linux/amd64,linux/arm64',
      },
    );
  }
  return platforms;
}

function readDigests(phase: Inputs['phase']): string[] {
  const digests = lines('digests');
  const wrong = digests.find((digest) => !isDigest(digest));
  if (phase === 'build' && digests.length === 0) return [];
  if (phase === 'merge' && digests.length > 0 && wrong === undefined) return digests;
  const given =
    phase === 'build'
      ? 'is for the phase merge'
      : wrong === undefined
        ? 'is empty'
        : `holds '${wrong.slice(0, 80)}'`;
  throw new ActionError('bad-input', `The input 'digests' ${given}.`, {
    remedy: 'Give  phase: merge  the output  digest  of each build, one a line (sha256:…).',
  });
}

function readInsecure(image: ImageName): boolean {
  const insecure = flag('registry-insecure', false);
  if (!insecure || isLoopback(image.registry)) return insecure;
  throw new ActionError(
    'bad-input',
    `The input 'registry-insecure' is true for ${image.registry}, which is not this machine.`,
    {
      remedy:
        'Plain HTTP would hand the password and the image to anyone on the way. Give the registry a certificate.',
    },
  );
}

function readLogin(image: ImageName): { readonly login?: Login } {
  const password = secret('password');
  const username = text('username');
  if (username === '' && password === '') return {};
  if (username === '' || password === '') {
    const [missing, present] = username === '' ? ['username', 'password'] : ['password', 'username'];
    throw new ActionError('bad-input', `The input '${present}' is given, and '${missing}' is empty.`, {
      remedy: `Give both, for example  username: \${{ github.actor }}  and  password: \${{ github.token }}. A secret that does not exist, or a run from a fork, gives an empty value.`,
    });
  }
  if (username.includes(':')) {
    throw new ActionError('bad-input', "The input 'username' holds a ':', which no registry's login can.", {
      remedy: 'Give the name alone under username, and the rest under password.',
    });
  }
  return { login: { registry: text('registry', { default: image.registry }), username, password } };
}
