import { ActionError, mask } from '@fairway/action-kit';
import type { Json } from '@fairway/infra-plan';
import { command, type Session } from './session.js';

/** The module's outputs by name, without those that are sensitive. */
export type ModuleOutputs = Readonly<Record<string, Json>>;

/** The outputs as they are in the state. The sensitive ones are masked in the log from here on. */
export async function outputsInState(session: Session): Promise<ModuleOutputs> {
  const result = await command(session, ['output', '-json', '-no-color'], { captureBytes: 16 * 1024 * 1024 });
  if (result.exitCode !== 0) {
    throw new ActionError('command-failed', `The outputs could not be read: ${result.stderr.trim()}`, {
      remedy: 'What was planned is applied; run the job again to have the outputs.',
    });
  }
  return openOutputs(JSON.parse(result.stdout));
}

/**
 * The outputs as they will be once the plan is applied; those that are not known yet are not in it.
 * @param document a plan as `show -json` prints it
 */
export function outputsInPlan(document: Json): ModuleOutputs {
  return openOutputs(member(member(document, 'planned_values'), 'outputs'));
}

/** Drops and masks what is sensitive. Both `output -json` and a plan have `{ name: { sensitive, value } }`. */
export function openOutputs(outputs: Json | undefined): ModuleOutputs {
  const open: [string, Json][] = [];
  for (const [name, output] of entries(outputs)) {
    const value = member(output, 'value');
    if (value === undefined) continue;
    // What does not say that it may be shown is not shown.
    if (member(output, 'sensitive') === false) open.push([name, value]);
    else maskAll(value);
  }
  return Object.fromEntries(open);
}

function maskAll(value: Json): void {
  if (typeof value === 'string') mask(value);
  else for (const [, item] of entries(value)) maskAll(item);
}

function entries(value: Json | undefined): [string, Json][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function member(value: Json | undefined, key: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, key)
    ? (value as { readonly [key: string]: Json })[key]
    : undefined;
}
