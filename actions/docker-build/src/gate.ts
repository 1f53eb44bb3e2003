import { group, info } from '@fairway/action-kit';
import type { BuildRun } from './build.js';
import type { BuildPlan } from './build-plan.js';
import { readContent } from './image-content.js';
import type { Inputs } from './inputs.js';
import { OciLayout } from './oci-layout.js';
import type { Registry } from './registry/open.js';
import { scan } from './scan.js';
import { checkBudget, reportSizes } from './size-report.js';
import { smokeTest } from './smoke-test.js';
import type { Account } from './summary.js';

/**
 * Looks at the image while it is still only here: its size, a test run, a scan. Only then it is pushed, and it is this
 * very digest that is: nothing is built a second time.
 */
export async function passGate(
  inputs: Inputs,
  plan: BuildPlan,
  how: BuildRun,
  folder: string,
  workspace: string,
  registry: Registry | undefined,
  account: Account,
): Promise<void> {
  if (plan.destination.kind !== 'layout') return;
  const { checks, image } = inputs;
  const layout = new OciLayout(plan.destination.folder);
  const built = { layout: layout.folder, digest: account.digest, name: image.full };
  account.content = await readContent(layout, account.digest);
  account.sizes = reportSizes(account.content, await comparedWith(checks.compareWith, registry));
  if (checks.sizeBudget !== undefined) {
    checkBudget(account.sizes, checks.sizeBudget);
    account.checks.push('size within budget');
  }
  if (checks.testCommand !== '') {
    await group('Test run', () =>
      smokeTest(checks.testCommand, built, {
        ...how,
        ...(plan.builder && { builder: plan.builder }),
        folder,
      }),
    );
    account.checks.push('test command passed');
  }
  if (checks.scanCommand !== '') {
    await group('Scan', () =>
      scan(checks.scanCommand, built, { folder, workspace, timeoutMs: how.timeoutMs }),
    );
    account.checks.push('scan passed');
  }
  if (!inputs.push || registry === undefined) return;
  await group('Push', async () => {
    await registry.push(layout, account.digest, account.tags);
    info(`Pushed ${account.digest} as ${account.tags.join(', ')}.`);
  });
}

async function comparedWith(tag: string, registry: Registry | undefined) {
  const found = tag === '' ? undefined : await registry?.repository.find(tag);
  return found && registry && readContent(registry.repository, found.digest);
}
