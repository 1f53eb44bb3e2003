import type { BuildSecret } from './build-secret.js';
import { csv } from './csv.js';
import type { LocalCache } from './local-cache.js';

/** Where a result goes: straight to the registry, into a folder to be looked at first, or nowhere. */
export type Destination =
  | {
      readonly kind: 'registry';
      readonly insecure: boolean;
      /** The image's name, where it is pushed without a tag. */
      readonly byDigest?: string;
    }
  | { readonly kind: 'layout'; readonly folder: string }
  | { readonly kind: 'cache' }
  | { readonly kind: 'discard' };

/** Everything that decides the argv of `buildx build`. */
export interface BuildPlan {
  readonly builder?: string;
  readonly context: string;
  readonly file?: string;
  readonly target?: string;
  readonly platforms: readonly string[];
  readonly buildArgs: ReadonlyMap<string, string>;
  /** Those of the build arguments that go through the environment, because they look secret. */
  readonly hiddenArgs: ReadonlySet<string>;
  readonly secrets: readonly BuildSecret[];
  readonly buildContexts: readonly string[];
  readonly ssh: readonly string[];
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: readonly string[];
  readonly network: string;
  readonly ulimits: readonly string[];
  readonly noCache: boolean;
  readonly pull: boolean;
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
  readonly localCache?: LocalCache;
  readonly provenance: 'max' | 'min' | 'false';
  readonly sbom: boolean;
  /** The image that BuildKit makes the SBOM with; empty for its own choice. */
  readonly sbomGenerator: string;
  readonly references: readonly string[];
  readonly destination: Destination;
  /**
   * Seconds since 1970 at which the image says that it was made. Told to the exporter alone: as SOURCE_DATE_EPOCH, which
   * the Dockerfile sees too, it is part of the cache key of each WORKDIR, and every commit would build anew what follows.
   */
  readonly created?: number;
  /** Times in layers are set back to that, so that the same files give the same layer. */
  readonly rewriteTimestamps: boolean;
  readonly metadataFile: string;
  /** Built by `buildx bake` from these files where it is a target of theirs. */
  readonly bake?: { readonly target: string; readonly files: readonly string[] };
}

/** The argv for buildx, without the program. Nothing in it is secret. */
export function buildArguments(plan: BuildPlan): string[] {
  return [
    'build',
    '--progress=rawjson',
    ...subject(plan),
    ...repeated('--secret', plan.secrets.map(secretSpec)),
    ...repeated('--ssh', plan.ssh),
    ...repeated(
      '--label',
      [...plan.labels].map(([key, value]) => `${key}=${value}`),
    ),
    ...repeated('--annotation', plan.annotations),
    ...option('--network', plan.network === 'default' ? '' : plan.network),
    ...repeated('--ulimit', plan.ulimits),
    ...(plan.noCache ? ['--no-cache'] : []),
    ...(plan.pull ? ['--pull'] : []),
    ...repeated('--cache-from', plan.cacheFrom),
    ...repeated('--cache-to', plan.cacheTo),
    plan.provenance === 'false' ? '--provenance=false' : `--provenance=mode=${plan.provenance}`,
    `--sbom=${plan.sbom && plan.sbomGenerator !== '' ? `generator=${plan.sbomGenerator}` : plan.sbom}`,
    ...repeated('--tag', plan.references),
    '--output',
    outputSpec(plan),
    '--metadata-file',
    plan.metadataFile,
    plan.context,
  ];
}

/**
 * The same build once more, for nothing but its cache: the builder has every step already. Pure.
 * A cache holds what a step wrote, secrets too: it goes to the registry when the image does, and not before.
 */
export function cacheRun(plan: BuildPlan): BuildPlan {
  return {
    ...plan,
    destination: { kind: 'cache' },
    ...{ provenance: 'false', sbom: false, annotations: [], references: [], noCache: false, pull: false },
  };
}

/** The argv that looks at the Dockerfile and builds nothing. Source: docker docs, "docker buildx build", `--call`. */
export function checkArguments(plan: BuildPlan): string[] {
  return ['build', '--call=check,format=json', '--progress=quiet', ...subject(plan), plan.context];
}

/** What is built, or looked at: the same for both. */
function subject(plan: BuildPlan): string[] {
  return [
    ...option('--builder', plan.builder),
    ...option('--file', plan.file),
    ...option('--target', plan.target),
    ...option('--platform', plan.platforms.join(',')),
    ...repeated(
      '--build-arg',
      [...plan.buildArgs].map((pair) => buildArgument(pair, plan.hiddenArgs)),
    ),
    ...repeated('--build-context', plan.buildContexts),
  ];
}

/** The environment that carries the build arguments which argv does not. */
export function hiddenEnvironment(plan: BuildPlan): Record<string, string> {
  return Object.fromEntries([...plan.buildArgs].filter(([key]) => plan.hiddenArgs.has(key)));
}

/** For `--output`. Source of its keys: moby/buildkit, exporter/exptypes and exporter/containerimage/exptypes. */
export function outputSpec({
  destination,
  created,
  rewriteTimestamps,
}: Pick<BuildPlan, 'destination' | 'created' | 'rewriteTimestamps'>): string {
  const times = [
    ...(created === undefined ? [] : [`source-date-epoch=${created}`]),
    ...(rewriteTimestamps ? ['rewrite-timestamp=true'] : []),
  ];
  switch (destination.kind) {
    case 'registry':
      return csv([
        'type=image',
        ...(destination.byDigest ? [`name=${destination.byDigest}`, 'push-by-digest=true'] : []),
        'push=true',
        'oci-mediatypes=true',
        ...times,
        ...(destination.insecure ? ['registry.insecure=true'] : []),
      ]);
    case 'layout':
      return csv(['type=oci', 'tar=false', `dest=${destination.folder}`, ...times]);
    case 'cache':
      return 'type=cacheonly';
    case 'discard':
      return csv(['type=image', 'push=false', 'oci-mediatypes=true', ...times]);
  }
}

/** Without `=value` buildx takes the value from its environment. */
function buildArgument([key, value]: readonly [string, string], hidden: ReadonlySet<string>): string {
  return hidden.has(key) ? key : `${key}=${value}`;
}

function secretSpec(secret: BuildSecret): string {
  return csv([
    `id=${secret.id}`,
    'env' in secret.from ? `env=${secret.from.env}` : `src=${secret.from.file}`,
  ]);
}

function option(name: string, value: string | undefined): string[] {
  return value ? [name, value] : [];
}

function repeated(name: string, values: readonly string[]): string[] {
  return values.flatMap((value) => [name, value]);
}
