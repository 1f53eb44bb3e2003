import type { Context } from '@fairway/action-kit';
import type { Registry } from '@fairway/image-registry/open';
import type { Inputs } from './inputs.js';
import type { Account } from './summary.js';

/** One run of the action: what was asked, where it runs, and what has come of it so far. */
export interface Job {
  readonly inputs: Inputs;
  readonly where: Context;
  /** A folder for this step alone. */
  readonly folder: string;
  /** Open where something is pushed to it or read from it. */
  readonly registry?: Registry;
  readonly account: Account;
}

/** The registry of a phase that cannot do without. */
export function opened(registry: Registry | undefined): Registry {
  if (registry === undefined) throw new Error('The registry was not opened.');
  return registry;
}
