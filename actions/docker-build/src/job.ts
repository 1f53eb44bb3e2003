import type { Context } from '@fairway/action-kit';
import type { Inputs } from './inputs.js';
import type { Registry } from './registry/open.js';
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
