import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { ActionError, context, info } from '@fairway/action-kit';
import { LOCK_FILE } from './initialise.js';
import type { Inputs } from './inputs.js';
import { pack, unpack } from './parcel.js';
import { fetchPlan, keepPlan } from './plan-artifact.js';
import type { Planned } from './planning.js';
import { type Binding, seal, unseal } from './seal.js';
import type { InfraTool } from './tool.js';

/** Where the plan that is to be applied comes from. */
export type PlanSource =
  | { readonly kind: 'file'; readonly path: string }
  /** Made anew, and only applied when it is the same change that was reviewed. */
  | { readonly kind: 'again' };

/**
 * Finds the plan that was reviewed: a file that an earlier step of this job left, or the sealed artifact of an
 * earlier job. With neither, the reviewed plan's fingerprint allows to plan again and compare.
 * @throws ActionError 'nothing-reviewed' without any of the three: a plan that nobody saw is never applied
 */
export async function reviewedPlan(inputs: Inputs, tool: InfraTool, scratch: string): Promise<PlanSource> {
  if (inputs.planFile !== '') return { kind: 'file', path: ownFile(inputs.planFile) };
  if (inputs.planKey !== '' && inputs.planArtifact !== '') {
    const sealed = await fetchPlan(inputs.planArtifact);
    if (sealed !== undefined) return { kind: 'file', path: await open(sealed, inputs, tool, scratch) };
    info(`There is no artifact ${inputs.planArtifact} in this run.`);
  }
  if (inputs.planFingerprint !== '') return { kind: 'again' };
  throw new ActionError(
    'nothing-reviewed',
    'There is no plan to apply: none was handed on, and no fingerprint of one.',
    {
      remedy:
        "Plan in a job or step before this one and hand on its output:  plan-fingerprint: ${{ needs.plan.outputs.fingerprint }}  , or the plan itself with the same 'plan-key' and 'plan-artifact' in both.",
    },
  );
}

/** Seals a plan for a later job. */
export async function handOn(planned: Planned, inputs: Inputs, tool: InfraTool): Promise<void> {
  const lock = join(inputs.workingDirectory, LOCK_FILE);
  const parcel = pack({
    plan: await readFile(planned.path),
    lockFile: existsSync(lock) ? await readFile(lock) : Buffer.alloc(0),
  });
  await keepPlan(inputs.planArtifact, seal(parcel, inputs.planKey, bindingOf(inputs, tool)));
}

async function open(sealed: Buffer, inputs: Inputs, tool: InfraTool, scratch: string): Promise<string> {
  const parcel = unpack(unseal(sealed, inputs.planKey, bindingOf(inputs, tool)));
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  const path = join(scratch, `reviewed-${process.pid}.tfplan`);
  await writeFile(path, parcel.plan, { mode: 0o600 });
  const lock = join(inputs.workingDirectory, LOCK_FILE);
  // Without a committed lock file, the providers of the plan are taken, not whichever are newest by now.
  if (parcel.lockFile.length > 0 && !existsSync(lock)) await writeFile(lock, parcel.lockFile);
  info('The sealed plan is opened.');
  return path;
}

/** What a thing that is sealed here belongs to. */
export function bindingOf(inputs: Inputs, tool: InfraTool): Binding {
  const { repository, sha, workspace } = context();
  return {
    repository,
    commit: sha,
    workingDirectory: relative(workspace, inputs.workingDirectory) || '.',
    environment: inputs.environment,
    workspace: inputs.workspace,
    tool: `${tool.product} ${tool.version}`,
  };
}

/** A plan's file in the job's temporary folder or the workspace, and nowhere else. */
function ownFile(value: string): string {
  const { workspace, temp } = context();
  const path = resolve(workspace, value);
  const inside = [workspace, temp].some((folder) => {
    const way = relative(folder, path);
    return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  });
  if (inside && existsSync(path)) return path;
  throw new ActionError(
    'bad-input',
    `The input 'plan-file' names '${value}', which is no file of this job.`,
    {
      remedy:
        'Hand on the output of a planning step of the same job:  plan-file: ${{ steps.plan.outputs.plan-path }}',
    },
  );
}
