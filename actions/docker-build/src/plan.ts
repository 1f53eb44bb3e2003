import { join } from 'node:path';
import { warning } from '@fairway/action-kit';
import { runnerServices } from '@fairway/exec-kit';
import { dockerConfigFolder } from '@fairway/image-registry';
import { planCache } from './build-cache.js';
import type { BuildPlan, Destination } from './build-plan.js';
import { suspiciousKeys } from './build-secret.js';
import type { Builder, Demand } from './builder.js';
import { cacheScopes } from './cache-scope.js';
import { writeDockerConfig } from './docker-config.js';
import type { Inputs } from './inputs.js';
import type { Job } from './job.js';
import { localCache } from './local-cache.js';
import { isPart, type Naming } from './naming.js';

/**
 * The image comes to this machine first: something looks at it before it is pushed, or it is asked for as a folder, or
 * the registry's certificate is one that this step trusts and a builder elsewhere would not.
 */
export function isLocalFirst({ checks, scan, layout, authorities }: Inputs): boolean {
  return (
    layout !== '' ||
    authorities.length > 0 ||
    checks.reproducible ||
    scan.scans.length > 0 ||
    checks.scanCommand !== '' ||
    checks.testCommand !== '' ||
    checks.start !== undefined ||
    checks.sizeBudget !== undefined ||
    checks.compareWith !== ''
  );
}

export function demandOf(inputs: Inputs): Demand {
  const { build: wanted, push } = inputs;
  return {
    cacheExport: push && wanted.cache !== 'none',
    attestations: wanted.provenance !== 'false' || wanted.sbom,
    layout: isLocalFirst(inputs),
    platforms: wanted.platforms.length,
  };
}

/**
 * What builds has no way to this job's identity: the variables of a bake file take their values from the environment, and
 * may hand them to what a Dockerfile runs.
 */
export const NO_IDENTITY = { ACTIONS_ID_TOKEN_REQUEST_TOKEN: '', ACTIONS_ID_TOKEN_REQUEST_URL: '' } as const;

/** What is laid over the environment of buildx, which speaks to GitHub's cache itself where that is the layers'. */
export function environment(inputs: Inputs, naming: Naming, folder: string): Record<string, string> {
  const own =
    inputs.logins.length > 0
      ? { DOCKER_CONFIG: writeDockerConfig(folder, dockerConfigFolder(), inputs.logins) }
      : {};
  return {
    ...(inputs.build.cache === 'gha' && runnerServices()),
    ...NO_IDENTITY,
    BUILDX_METADATA_PROVENANCE: 'disabled', // it is in the registry; twice it only fills the output
    ...own,
    // Only where it is worth the cache: see BuildPlan.created.
    ...(inputs.checks.reproducible &&
      naming.created !== undefined && { SOURCE_DATE_EPOCH: String(naming.created) }),
  };
}

export function planBuild({ inputs, where, folder }: Job, naming: Naming, builder: Builder): BuildPlan {
  const { build: wanted } = inputs;
  const scopes = cacheScopes(where, wanted.platforms, wanted.cacheScope);
  const write = inputs.push && where.pullRequest?.fromFork !== true && builder.driver !== 'docker';
  const local = wanted.cacheFolder === '' ? undefined : localCache(wanted.cacheFolder, scopes.own, folder);
  const cache = planCache(wanted.cache, inputs.image, scopes, {
    write,
    insecure: inputs.insecure,
    ...(local && { local }),
  });
  const { context: source } = wanted;
  return {
    ...(builder.name !== undefined && { builder: builder.name }),
    context: source.kind === 'folder' ? source.path : source.url,
    ...(source.dockerfile !== '' && { file: source.dockerfile }),
    target: wanted.target,
    platforms: wanted.platforms,
    buildArgs: wanted.buildArgs,
    hiddenArgs: hiddenArguments(wanted.buildArgs.keys()),
    secrets: wanted.secrets,
    buildContexts: wanted.buildContexts,
    ssh: wanted.ssh,
    labels: naming.labels,
    annotations: inputs.annotations,
    network: wanted.network,
    ulimits: wanted.ulimits,
    noCache: wanted.noCache,
    pull: wanted.pull,
    cacheFrom: cache.from,
    cacheTo: cache.to,
    ...(local && { localCache: local }),
    provenance: wanted.provenance,
    sbom: wanted.sbom,
    sbomGenerator: wanted.sbomGenerator,
    references: naming.references,
    destination: destinationOf(inputs, folder),
    ...(naming.created !== undefined && { created: naming.created }),
    rewriteTimestamps: inputs.checks.reproducible,
    metadataFile: join(folder, 'metadata.json'),
    ...(wanted.bakeTarget && {
      bake: { target: wanted.bakeTarget.name, files: inputs.bake.files },
    }),
  };
}

function destinationOf(inputs: Inputs, folder: string): Destination {
  if (isLocalFirst(inputs)) return { kind: 'layout', folder: inputs.layout || join(folder, 'layout') };
  if (!inputs.push) return { kind: 'discard' };
  const byDigest = isPart(inputs) ? { byDigest: inputs.image.full } : {};
  return { kind: 'registry', insecure: inputs.insecure, ...byDigest };
}

/** Warns of build arguments that look like secrets, and keeps at least the command line and the log free of them. */
function hiddenArguments(keys: Iterable<string>): ReadonlySet<string> {
  const suspicious = suspiciousKeys(keys);
  if (suspicious.length > 0) {
    warning(
      `The build argument ${suspicious.join(', ')} looks like a secret. Build arguments can be read in the image's history and provenance; use  secrets: id=ENV_NAME  and  RUN --mount=type=secret,id=…`,
      { title: 'Secret in a build argument' },
    );
  }
  // Docker's own variables would change how buildx itself runs.
  return new Set(suspicious.filter((key) => !/^(?:DOCKER|BUILDX|BUILDKIT)_/i.test(key)));
}
