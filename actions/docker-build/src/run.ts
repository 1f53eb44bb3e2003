import { join } from 'node:path';
import { type Context, context, group, info, warning } from '@fairway/action-kit';
import { build } from './build.js';
import { type BuildPlan, planCache } from './build-plan.js';
import { suspiciousKeys } from './build-secret.js';
import type { BuildTrace } from './build-trace.js';
import { dockerfileSteps } from './build-trace.js';
import { type Builder, openBuilder } from './builder.js';
import { dockerConfigFolder, findBuildx } from './buildx.js';
import { cacheScopes } from './cache-scope.js';
import { writeDockerConfig } from './docker-config.js';
import { type ImageContent, readContent } from './image-content.js';
import type { Inputs } from './inputs.js';
import { type Naming, nameImage } from './naming.js';
import type { Out } from './outputs.js';
import type { Registry } from './registry/open.js';
import { largestSize } from './size-report.js';
import { type Account, writeAccount } from './summary.js';
import { openWorkplace, rememberBuilder } from './workplace.js';

/** Names the image, builds it, looks at it before it goes out where that is asked, pushes it, and says what came of it. */
export async function run(inputs: Inputs, outputs: Out): Promise<void> {
  const where = context();
  const account: Account = { image: inputs.image.full, pushed: false, tags: [], digest: '', checks: [] };
  const folder = await openWorkplace(where.temp);
  const registry = await openRegistryFor(inputs);
  try {
    const naming = await name(inputs, where, registry, account, outputs);
    if (inputs.phase === 'merge') {
      const { merge } = await import('./merge.js');
      account.digest = await merge(inputs, naming, required(registry));
      account.pushed = true;
    } else {
      await buildAndPush(inputs, where, naming, folder, registry, account);
    }
    await describe(inputs, registry, account);
    account.succeeded = true;
  } finally {
    registry?.close();
    report(inputs, account, outputs);
    await writeAccount(account);
  }
}

/** The registry's own interface is spoken only where something is pushed, or compared with what was. */
async function openRegistryFor(inputs: Inputs): Promise<Registry | undefined> {
  if (!inputs.push && inputs.checks.compareWith === '') return undefined;
  const { openRegistry } = await import('./registry/open.js');
  const registry = await openRegistry(inputs.image, inputs.login, inputs.insecure, inputs.retries + 1);
  if (inputs.push && inputs.login) await registry.checkPush();
  return registry;
}

async function name(
  inputs: Inputs,
  where: Context,
  registry: Registry | undefined,
  account: Account,
  outputs: Out,
): Promise<Naming> {
  const naming = await nameImage(inputs, where, inputs.push ? registry?.repository : undefined);
  account.tags = naming.tags;
  outputs.set('tags', naming.references.join('\n'));
  outputs.set('labels', [...naming.labels].map(([key, value]) => `${key}=${value}`).join('\n'));
  await group('Tags', async () => {
    for (const reference of naming.references) info(reference);
  });
  return naming;
}

async function buildAndPush(
  inputs: Inputs,
  where: Context,
  naming: Naming,
  folder: string,
  registry: Registry | undefined,
  account: Account,
): Promise<void> {
  const buildx = await findBuildx();
  const env = environment(inputs, naming, folder);
  const gated = isGated(inputs);
  const builder = await openBuilder(buildx, inputs.build.builder, demandOf(inputs, gated), folder, env);
  if (builder.ours && builder.name) rememberBuilder(buildx, builder.name);
  const plan = planBuild(inputs, where, naming, builder, folder, gated);
  const { context: source } = inputs.build;
  const how = {
    buildx,
    env: { ...env, ...builder.env },
    retries: inputs.retries,
    timeoutMs: inputs.timeoutMs,
    ...(source.kind === 'folder' && { dockerfile: source.shown }),
    onTrace: (trace: BuildTrace) => {
      account.trace = trace;
    },
  };
  const result = await group('Build', () => build(plan, how));
  account.digest = result.digest;
  account.metadata = result.metadata;
  account.buildMs = result.durationMs;
  if (gated) {
    const { passGate } = await import('./gate.js');
    await passGate(inputs, plan, how, folder, where.workspace, registry, account);
  }
  account.pushed = inputs.push;
}

/** Something looks at the image before it is pushed, so that it comes to this machine first. */
function isGated({ checks }: Inputs): boolean {
  return (
    checks.scanCommand !== '' ||
    checks.testCommand !== '' ||
    checks.sizeBudget !== undefined ||
    checks.compareWith !== ''
  );
}

function demandOf({ build: wanted, push }: Inputs, gated: boolean) {
  return {
    cacheExport: push && wanted.cache !== 'none',
    attestations: wanted.provenance !== 'false' || wanted.sbom,
    layout: gated,
    platforms: wanted.platforms.length,
  };
}

/** What buildx and its children see. The inputs themselves, the password among them, they do not. */
function environment(inputs: Inputs, naming: Naming, folder: string): Record<string, string> {
  const login = inputs.login && writeDockerConfig(folder, dockerConfigFolder(), inputs.login);
  return {
    BUILDX_METADATA_PROVENANCE: 'disabled', // it is in the registry; twice it only fills the output
    ...(login && { DOCKER_CONFIG: login }),
    ...(naming.created !== undefined && { SOURCE_DATE_EPOCH: String(naming.created) }),
  };
}

function planBuild(
  inputs: Inputs,
  where: Context,
  naming: Naming,
  builder: Builder,
  folder: string,
  gated: boolean,
): BuildPlan {
  const { build: wanted } = inputs;
  const suspicious = suspiciousKeys(wanted.buildArgs.keys());
  if (suspicious.length > 0) {
    warning(
      `The build argument ${suspicious.join(', ')} looks like a secret. Build arguments can be read in the image's history and provenance; use  secrets: id=ENV_NAME  and  RUN --mount=type=secret,id=…`,
      { title: 'Secret in a build argument' },
    );
  }
  const scopes = cacheScopes(where, wanted.platforms, wanted.cacheScope);
  const write = inputs.push && where.pullRequest?.fromFork !== true && builder.driver !== 'docker';
  const cache = planCache(wanted.cache, inputs.image, scopes, { write, insecure: inputs.insecure });
  const { context: source } = wanted;
  return {
    ...(builder.name !== undefined && { builder: builder.name }),
    context: source.kind === 'folder' ? source.path : source.url,
    ...(source.dockerfile !== '' && { file: source.dockerfile }),
    target: wanted.target,
    platforms: wanted.platforms,
    buildArgs: wanted.buildArgs,
    // Docker's own variables would change how buildx itself runs.
    hiddenArgs: new Set(suspicious.filter((key) => !/^(?:DOCKER|BUILDX|BUILDKIT)_/i.test(key))),
    secrets: wanted.secrets,
    buildContexts: wanted.buildContexts,
    ssh: wanted.ssh,
    labels: naming.labels,
    annotations: inputs.annotations,
    network: wanted.network,
    noCache: wanted.noCache,
    pull: wanted.pull,
    cacheFrom: cache.from,
    cacheTo: cache.to,
    provenance: wanted.provenance,
    sbom: wanted.sbom,
    references: naming.references,
    destination: gated
      ? { kind: 'layout', folder: join(folder, 'layout') }
      : inputs.push
        ? { kind: 'registry', insecure: inputs.insecure }
        : { kind: 'discard' },
    metadataFile: join(folder, 'metadata.json'),
  };
}

/** Reads back what is in the registry now: sizes and attestations as the next to pull it will find them. */
async function describe(inputs: Inputs, registry: Registry | undefined, account: Account): Promise<void> {
  if (account.content !== undefined || !account.pushed || registry === undefined || account.digest === '')
    return;
  try {
    account.content = await readContent(registry.repository, account.digest);
  } catch (error) {
    // The image is pushed; that its size cannot be told is no reason to fail.
    warning(`The pushed image could not be read back from ${inputs.image.registry}: ${String(error)}`);
  }
}

function report(inputs: Inputs, account: Account, outputs: Out): void {
  const steps = account.trace ? dockerfileSteps(account.trace) : [];
  outputs.set('digest', account.digest);
  outputs.set('reference', account.digest === '' ? '' : `${inputs.image.full}@${account.digest}`);
  outputs.set('metadata', JSON.stringify(account.metadata ?? {}));
  outputs.set('pushed', account.pushed);
  outputs.set('size', largestSize(account.content?.images ?? []));
  outputs.set('cache-hits', steps.filter(({ cached }) => cached).length);
  outputs.set('steps', steps.length);
  outputs.set('provenance', attestation(account.content, /slsa\.dev\/provenance/));
  outputs.set('sbom', attestation(account.content, /spdx\.dev\/Document/));
  outputs.set('result', account.succeeded ? 'success' : 'failure');
}

/** The digest of an attestation, to be fetched from the same repository as a blob. */
function attestation(content: ImageContent | undefined, type: RegExp): string {
  return content?.attestations.find(({ predicate }) => type.test(predicate))?.blob ?? '';
}

function required(registry: Registry | undefined): Registry {
  if (registry === undefined) throw new Error('A merge without a registry cannot be.');
  return registry;
}
