import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError, context, info } from '@fairway/action-kit';
import { outcome } from '@fairway/exec-kit';
import { type InfraPlan, type Json, readTerraformPlan, redactTerraformPlan } from '@fairway/infra-plan';
import { planArguments } from './arguments.js';
import { annotate } from './diagnostics.js';
import { listener, noProgress } from './events.js';
import type { Inputs } from './inputs.js';
import { failureOf, stopped } from './mend.js';
import { command, type Session } from './session.js';

/** A plan that lies in a file, and what it says. */
export interface Planned {
  /** The plan's file. It holds secrets. */
  readonly path: string;
  /** The plan as JSON with its secrets taken out. */
  readonly jsonPath: string;
  readonly plan: InfraPlan;
  /** As `show -json` prints it, secrets included: never to be written anywhere. */
  readonly document: Json;
}

/** Plans, and reads the plan. Nothing is changed. */
export async function makePlan(session: Session, inputs: Inputs): Promise<Planned> {
  const path = join(session.scratch, `${Date.now()}-${process.pid}.tfplan`);
  await mkdir(session.scratch, { recursive: true, mode: 0o700 });
  const progress = noProgress();
  const result = await command(session, planArguments({ planPath: path, ...inputs }), {
    onStdoutLine: listener(progress),
  });
  if (result.stderr.trim() !== '') info(result.stderr.trim());
  const errors = progress.diagnostics.filter(({ severity }) => severity === 'error');
  annotate(errors, session.folder, context().workspace);
  // 0: nothing differs; 2: something does (-detailed-exitcode).
  if (result.timedOut || (result.exitCode !== 0 && result.exitCode !== 2)) {
    const said = `${session.tool.product} ${outcome(result)}. ${result.stderr.trim()}`;
    throw stopped('Planning', result) ?? failureOf('Planning failed', errors, said);
  }
  return readPlan(session, path);
}

/** A plan of a few hundred megabytes as JSON is as large as any seen; more than this cannot be one string. */
const LARGEST_PLAN = 500 * 1024 * 1024;

/** Reads a plan's file. */
export async function readPlan(session: Session, path: string): Promise<Planned> {
  const result = await command(session, ['show', '-json', '-no-color', path], { captureBytes: LARGEST_PLAN });
  if (result.exitCode !== 0 || result.truncated) {
    throw new ActionError(
      'bad-plan',
      `The plan could not be read: ${result.stderr.trim() || outcome(result)}`,
      {
        remedy: `Apply with the version that planned, in the same folder, after the same 'init'; or plan again.`,
      },
    );
  }
  const document: Json = JSON.parse(result.stdout);
  const jsonPath = `${path}.json`;
  await writeFile(jsonPath, JSON.stringify(redactTerraformPlan(document, session.secrets)), { mode: 0o600 });
  const plan = readTerraformPlan(document, session.tool.product, session.secrets);
  return { path, jsonPath, plan, document };
}
