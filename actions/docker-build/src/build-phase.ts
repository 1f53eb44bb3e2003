import { group, messageOf, warning } from '@fairway/action-kit';
import { type BuildRun, build } from './build.js';
import type { BuildInputs } from './build-inputs.js';
import { type BuildPlan, cacheRun } from './build-plan.js';
import type { BuildTrace } from './build-trace.js';
import { openBuilder } from './builder.js';
import { findBuildx } from './buildx.js';
import type { Job } from './job.js';
import type { Naming } from './naming.js';
import { demandOf, environment, planBuild } from './plan.js';

/** Builds, and pushes: at once, or after the image has passed what looks at it. */
export async function buildPhase(job: Job, naming: Naming): Promise<void> {
  const { inputs, account, folder } = job;
  const buildx = await findBuildx();
  const env = environment(inputs, naming, folder);
  const builder = await openBuilder(buildx, inputs.build.builder, demandOf(inputs), folder, env);
  const plan = planBuild(job, naming, builder);
  const how = {
    buildx,
    env: { ...env, ...builder.env },
    retries: inputs.retries,
    timeoutMs: inputs.timeoutMs,
    ...dockerfileOf(inputs.build),
    onTrace: (trace: BuildTrace) => {
      account.trace = trace;
    },
  };
  if (inputs.checks.lint !== 'buildkit') {
    const { lint } = await import('./lint.js');
    await lint(job, plan, how);
  }
  try {
    await buildAndPush(job, plan, how, builder.driver);
  } finally {
    if (plan.localCache) {
      const { turnOver } = await import('./local-cache.js');
      await turnOver(plan.localCache, account.pushed);
    }
  }
}

async function buildAndPush(job: Job, plan: BuildPlan, how: BuildRun, driver: string): Promise<void> {
  const { inputs, account } = job;
  const mounts = { ...how, ...(plan.builder && { builder: plan.builder }) };
  if (inputs.mounts.mounts.length > 0) {
    const { fillMounts } = await import('./mounts.js');
    await fillMounts(job, mounts);
  }
  const held = plan.destination.kind === 'layout' && plan.cacheTo.length > 0;
  const result = await group('Build', () => build(held ? { ...plan, cacheTo: [] } : plan, how));
  // What the Docker engine keeps for itself goes by the digest of its configuration, which no registry knows.
  account.digest = driver === 'docker' && !inputs.push ? '' : result.digest;
  account.metadata = result.metadata;
  account.buildMs = result.durationMs;
  if (plan.destination.kind === 'layout') {
    const { passGate } = await import('./gate.js');
    await passGate(job, plan, plan.destination.folder, how);
  }
  account.pushed = inputs.push;
  if (held) await group('Cache', () => keepCache(plan, how));
  if (inputs.mounts.mounts.length > 0) {
    const { keepMounts } = await import('./mounts.js');
    await keepMounts(job, mounts);
  }
}

/** Keeps the cache of what has passed. The image is pushed: without a cache the next build is slower, and no more. */
async function keepCache(plan: BuildPlan, how: BuildRun): Promise<void> {
  try {
    const { onTrace: _, ...again } = how;
    await build(cacheRun(plan), again);
  } catch (error) {
    warning(`The layer cache was not kept: ${messageOf(error)}`);
  }
}

/** The Dockerfile that annotations point at, where it is one of the repository. */
function dockerfileOf({ bakeTarget, context }: BuildInputs): { readonly dockerfile?: string } {
  const path = bakeTarget ? bakeTarget.dockerfile : context.kind === 'folder' ? context.shown : '';
  return path === '' ? {} : { dockerfile: path };
}
