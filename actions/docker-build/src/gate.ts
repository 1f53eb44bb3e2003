import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError, group, info } from '@fairway/action-kit';
import { type ImageContent, OciLayout, readContent } from '@fairway/image-registry';
import type { Registry } from '@fairway/image-registry/open';
import type { BuildRun } from './build.js';
import type { BuildPlan } from './build-plan.js';
import { EVIDENCE_FOLDER, gatherEvidence } from './evidence.js';
import type { BuiltImage, ImageRunner } from './image-run.js';
import type { Job } from './job.js';
import { checkReproducible } from './reproducible.js';
import { scan } from './scan.js';
import { checkBudget, reportSizes } from './size-report.js';
import { smokeTest } from './smoke-test.js';
import type { StartInputs } from './start-inputs.js';

/**
 * Looks at the image while it is still only here: its size, a test run, a scan. Only then it is pushed, and it is this
 * very digest that is: nothing is built a second time.
 */
export async function passGate(
  job: Job,
  plan: BuildPlan,
  layoutFolder: string,
  how: BuildRun,
): Promise<void> {
  const { inputs, account, folder, where, registry } = job;
  const { checks, image } = inputs;
  const layout = new OciLayout(layoutFolder);
  const built = { layout: layoutFolder, digest: account.digest, name: image.full };
  account.layout = layoutFolder;
  account.content = await readContent(layout, account.digest);
  account.evidence = await gatherEvidence(layout, account.content, join(folder, EVIDENCE_FOLDER));
  account.sizes = reportSizes(account.content, await comparedWith(checks.compareWith, registry));
  if (checks.sizeBudget !== undefined) {
    checkBudget(account.sizes, checks.sizeBudget);
    account.checks.push('size within budget');
  }
  if (checks.reproducible) {
    await group('Second build', () => checkReproducible(account.content, plan, how, folder));
    account.checks.push('the same when built twice');
  }
  const runner = { ...how, ...(plan.builder && { builder: plan.builder }), folder };
  if (checks.testCommand !== '') {
    await group('Test run', () => smokeTest(checks.testCommand, built, runner));
    account.checks.push('test command passed');
  }
  if (checks.start) {
    await start(checks.start, built, account.content, runner);
    account.checks.push(`answered on port ${checks.start.port}`);
  }
  if (inputs.scan.scans.length > 0) {
    const { scanGate } = await import('./scan-gate.js');
    await scanGate(job, layoutFolder, how.dockerfile ?? 'Dockerfile');
  }
  if (checks.scanCommand !== '') {
    await group('Scan', () =>
      scan(checks.scanCommand, built, { folder, workspace: where.workspace, timeoutMs: how.timeoutMs }),
    );
    account.checks.push('scan passed');
  }
  if (inputs.push) await push(job, layout);
}

async function start(
  inputs: StartInputs,
  image: BuiltImage,
  { images }: ImageContent,
  how: ImageRunner & { readonly folder: string },
): Promise<void> {
  const { readStartCommand } = await import('./start-command.js');
  const { startTest } = await import('./start-test.js');
  const command = await readStartCommand(image, images);
  await group('Test start', () => startTest(inputs, command, image, how));
}

/** Pushes an image that an earlier step built, and that others have looked at since. */
export async function pushPhase(job: Job): Promise<void> {
  const { inputs, account, folder } = job;
  const layout = new OciLayout(inputs.layout);
  account.layout = inputs.layout;
  account.digest = inputs.digests[0] ?? (await onlyDigest(inputs.layout));
  account.content = await readContent(layout, account.digest).catch((cause: unknown) => {
    throw notThere(inputs.layout, `it does not hold ${account.digest} whole`, cause);
  });
  account.evidence = await gatherEvidence(layout, account.content, join(folder, EVIDENCE_FOLDER));
  if (inputs.scan.scans.length > 0) {
    const { scanGate } = await import('./scan-gate.js');
    const { context } = inputs.build;
    await scanGate(job, inputs.layout, context.kind === 'folder' ? context.shown : 'Dockerfile');
  }
  await push(job, layout);
  account.pushed = true;
}

async function push({ registry, account }: Job, layout: OciLayout): Promise<void> {
  await group('Push', async () => {
    await registry?.push(layout, account.digest, account.tags);
    info(`Pushed ${account.digest}${account.tags.length > 0 ? ` as ${account.tags.join(', ')}` : ''}.`);
  });
}

async function comparedWith(tag: string, registry: Registry | undefined) {
  const found = tag === '' ? undefined : await registry?.repository.find(tag);
  return found && registry && readContent(registry.repository, found.digest);
}

/** Source: OCI image specification, image-layout.md, `index.json`. */
async function onlyDigest(folder: string): Promise<string> {
  try {
    const { manifests } = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as {
      manifests: { digest: string }[];
    };
    const digests = new Set(manifests.map(({ digest }) => digest));
    const [digest] = digests;
    if (digest !== undefined && digests.size === 1) return digest;
    throw notThere(folder, `it holds ${digests.size} images`);
  } catch (cause) {
    throw cause instanceof ActionError
      ? cause
      : notThere(folder, 'it has no index.json that can be read', cause);
  }
}

function notThere(folder: string, why: string, cause?: unknown): ActionError {
  return new ActionError('bad-layout', `The folder ${folder} is no OCI layout to push: ${why}.`, {
    remedy:
      'Give the outputs of the step that built it:  layout: ${{ steps.build.outputs.layout }}  and  digests: ${{ steps.build.outputs.digest }}',
    ...(cause !== undefined && { cause }),
  });
}
