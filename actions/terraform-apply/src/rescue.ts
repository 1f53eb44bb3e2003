import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { info, messageOf, warning } from '@fairway/action-kit';
import type { Inputs } from './inputs.js';
import { keepSealed } from './plan-artifact.js';
import { bindingOf } from './reviewed-plan.js';
import { seal } from './seal.js';
import { command, type Session } from './session.js';

/** Where both tools write the state when its backend does not take it. */
const LEFT_STATE = 'errored.tfstate';

export function hasLeftState(session: Session): boolean {
  return existsSync(join(session.folder, LEFT_STATE));
}

/**
 * Brings a state to its backend that the apply could not save there: without it, what was made is known to nobody, and
 * most runners are gone a minute later with the file on them. Where the backend still does not take it, it is kept as a
 * sealed artifact, as a plan would be; without a key, for it holds secrets, only on the runner.
 * @returns what became of it, in sentences for who has to go on from there
 */
export async function rescueState(session: Session, inputs: Inputs): Promise<string> {
  const lock = `-lock-timeout=${Math.round(inputs.lockTimeout / 1000)}s`;
  const pushed = await command(session, ['state', 'push', lock, LEFT_STATE], {
    retry: { attempts: 4, retryable: () => true, baseDelayMs: 2000 },
  });
  const file = join(session.folder, LEFT_STATE);
  if (pushed.exitCode === 0) {
    await rm(file, { force: true });
    info('The state, which could not be saved at first, was saved by another try.');
    return 'The state could not be saved at first, and was by another try: it holds what was applied.';
  }
  warning(`The state could not be saved by another try either: ${pushed.stderr.trim().slice(0, 2000)}`);
  const push = `terraform state push ${LEFT_STATE}`;
  if (inputs.planKey === '') {
    return `The state could not be saved where it belongs. It lies in ${LEFT_STATE} in the module's folder of this runner: where the runner stays, push it from there with  ${push}  ; where it does not, import what was applied. With a plan-key it would have been kept as a sealed artifact.`;
  }
  const name = `${inputs.planArtifact || `fairway-plan-${inputs.environment || 'apply'}`}-state`;
  try {
    await keepSealed(name, seal(await readFile(file), inputs.planKey, bindingOf(inputs, session.tool)), 90);
    return `The state could not be saved where it belongs. It is kept, sealed, as the artifact ${name}: open it as the action's README says ("A state that could not be saved"), and push it with  ${push}`;
  } catch (error) {
    return `The state could not be saved where it belongs, nor kept as an artifact (${messageOf(error)}). It lies in ${LEFT_STATE} in the module's folder of this runner: push it from there with  ${push}`;
  }
}
