import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { ActionError, flag, lines, oneOf, pairs, secret, text, workspacePath } from '@fairway/action-kit';
import type { BakeTarget } from './bake-file.js';
import type { CacheKind } from './build-cache.js';
import { type BuildContext, folderContext, isInside, isRemoteContext } from './build-context.js';
import { type BuildSecret, parseBuildSecrets } from './build-secret.js';
import { type BuilderChoice, parseBuilder } from './builder-choice.js';
import type { Phase } from './inputs.js';

/** What goes into the build. */
export interface BuildInputs {
  readonly context: BuildContext;
  /** What is done where there is no Dockerfile. */
  readonly generate: 'false' | 'propose' | 'build';
  readonly target: string;
  readonly platforms: readonly string[];
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly secrets: readonly BuildSecret[];
  readonly buildContexts: readonly string[];
  readonly ssh: readonly string[];
  readonly network: 'default' | 'none' | 'host';
  readonly ulimits: readonly string[];
  readonly noCache: boolean;
  readonly pull: boolean;
  readonly builder: BuilderChoice;
  readonly cache: CacheKind;
  /** Where a local cache is kept, absolute; empty for any other. */
  readonly cacheFolder: string;
  readonly cacheScope: string;
  readonly provenance: 'max' | 'min' | 'false';
  readonly sbom: boolean;
  readonly sbomGenerator: string;
  /** The target of bake files that is being built; set when they have been read. */
  readonly bakeTarget?: BakeTarget;
}

/** @throws ActionError for what cannot be built from */
export function readBuild(phase: Phase, baked: boolean): BuildInputs {
  const generate = oneOf('generate', ['false', 'propose', 'build'], { default: 'false' });
  return {
    generate,
    context:
      phase === 'build' && !baked
        ? readContext(generate !== 'false')
        : { kind: 'remote', url: '', dockerfile: '' },
    target: text('target'),
    platforms: readPlatforms(),
    buildArgs: pairs('build-args'),
    secrets: parseBuildSecrets(lines('secrets'), process.env, workspace()),
    buildContexts: lines('build-contexts'),
    ssh: lines('ssh'),
    network: oneOf('network', ['default', 'none', 'host'], { default: 'default' }),
    ulimits: readUlimits(),
    noCache: flag('no-cache', false),
    pull: flag('pull', false),
    builder: readBuilder(),
    ...readCache(),
    cacheScope: text('cache-scope'),
    provenance: oneOf('provenance', ['max', 'min', 'false'], { default: 'max' }),
    sbom: flag('sbom', false),
    sbomGenerator: readGenerator(),
  };
}

function readCache(): Pick<BuildInputs, 'cache' | 'cacheFolder'> {
  const cache = oneOf('cache', ['registry', 'gha', 'local', 'none'], { default: 'registry' });
  const given = text('cache-folder', { required: cache === 'local' });
  const cacheFolder = given === '' ? '' : resolve(workspace(), given);
  if (given === '' || (cache === 'local' && !isInside(workspace(), cacheFolder)))
    return { cache, cacheFolder };
  const what =
    cache === 'local' ? 'inside the workspace, and so of what is built' : `given with  cache: ${cache}`;
  throw new ActionError('bad-input', `The input 'cache-folder' is '${given.slice(0, 120)}', ${what}.`, {
    remedy:
      'Name a folder of the runner that stays between jobs:  cache: local  and  cache-folder: /var/cache/buildkit',
  });
}

/** Source: docker/go-units, ulimit.go `ParseUlimit`. */
function readUlimits(): readonly string[] {
  const given = lines('ulimits');
  const wrong = given.find((line) => !/^[a-z]+=-?\d+(?::-?\d+)?$/.test(line));
  if (wrong === undefined) return given;
  throw new ActionError(
    'bad-input',
    `The input 'ulimits' holds '${wrong.slice(0, 80)}', which is no limit.`,
    {
      remedy: 'Write each on a line of its own, soft limit first:  ulimits: nofile=1024:4096',
    },
  );
}

function readGenerator(): string {
  const given = text('sbom-generator');
  if (/^[\w.:/@-]*$/.test(given)) return given;
  throw new ActionError(
    'bad-input',
    `The input 'sbom-generator' is '${given.slice(0, 120)}', which is no image.`,
    {
      remedy: 'Name an image by its digest, as in  sbom-generator: ghcr.io/acme/scanner@sha256:…',
    },
  );
}

function readBuilder(): BuilderChoice {
  const tls = { ca: text('builder-ca'), cert: text('builder-cert'), key: secret('builder-key') };
  return parseBuilder(text('builder'), tls);
}

function readContext(mayBeMissing: boolean): BuildContext {
  const given = text('context', { default: '.' });
  const file = text('file');
  if (isRemoteContext(given)) return { kind: 'remote', url: given, dockerfile: file };
  return folderContext(workspace(), given, workspacePath('context', { default: '.' }), file, mayBeMissing);
}

/** The repository's checkout, symbolic links resolved. */
export function workspace(): string {
  return realpathSync(process.env.GITHUB_WORKSPACE ?? process.cwd());
}

/** What a matrix is made of; anything that is no list of strings is told of by what reads it next. */
function jsonList(json: string): string[] {
  try {
    const value: unknown = JSON.parse(json);
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  } catch {
    // not JSON after all
  }
  return [json];
}

function readPlatforms(): string[] {
  const given = text('platforms');
  const listed = given.startsWith('[') ? jsonList(given) : given.split(/[,\n]/);
  const platforms = listed.map((part) => part.trim()).filter(Boolean);
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
