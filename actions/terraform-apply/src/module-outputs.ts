import { ActionError, info, mask } from '@fairway/action-kit';
import { outcome } from '@fairway/exec-kit';
import type { Json } from '@fairway/infra-plan';
import { isTelling } from './known-secrets.js';
import { command, type Session } from './session.js';

/** The module's outputs by name, without those that are sensitive. */
export type ModuleOutputs = Readonly<Record<string, Json>>;

/** The outputs as they are in the state. The sensitive ones are masked in the log from here on. */
export async function outputsInState(session: Session): Promise<ModuleOutputs> {
  const result = await command(session, ['output', '-json', '-no-color'], { captureBytes: 16 * 1024 * 1024 });
  if (result.exitCode !== 0 || result.truncated) {
    const why = result.truncated ? 'they are longer than 16 MiB' : result.stderr.trim() || outcome(result);
    throw new ActionError('outputs-unread', `The module's outputs could not be read: ${why}`, {
      remedy: 'What was planned is applied, only its outputs are not known here: plan and apply again.',
    });
  }
  return openOutputs(JSON.parse(result.stdout), session.secrets);
}

/**
 * The outputs as they will be once the plan is applied; those that are not known yet are not in it.
 * @param document a plan as `show -json` prints it
 */
export function outputsInPlan(document: Json, secrets: readonly string[] = []): ModuleOutputs {
  return openOutputs(member(member(document, 'planned_values'), 'outputs'), secrets);
}

/**
 * Drops and masks what is sensitive. Both `output -json` and a plan have `{ name: { sensitive, value } }`.
 * @param secrets texts that no output may hold: GitHub would drop all of them for the sake of one
 */
export function openOutputs(outputs: Json | undefined, secrets: readonly string[] = []): ModuleOutputs {
  const open: [string, Json][] = [];
  for (const [name, output] of entries(outputs)) {
    const value = member(output, 'value');
    if (value === undefined) continue;
    // What does not say that it may be shown is not shown.
    if (member(output, 'sensitive') !== false) maskAll(value);
    else if (secrets.some((secret) => holds(value, secret)))
      info(`The output ${name} holds a secret, and is left out.`);
    else open.push([name, value]);
  }
  return Object.fromEntries(open);
}

function holds(value: Json, secret: string): boolean {
  if (typeof value === 'string') return value.includes(secret);
  return entries(value).some(([, item]) => holds(item, secret));
}

/** Short words are left: masked, `true` or `main` would blot out the log, and GitHub drops an output that holds a mask. */
function maskAll(value: Json): void {
  if (typeof value === 'string') {
    if (isTelling(value)) mask(value);
  } else {
    for (const [, item] of entries(value)) maskAll(item);
  }
}

function entries(value: Json | undefined): [string, Json][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function member(value: Json | undefined, key: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, key)
    ? (value as { readonly [key: string]: Json })[key]
    : undefined;
}
