import type { Finding } from '@fairway/reports/findings';
import type { Inputs } from './inputs.js';

/** What a scanner has to work with. */
export interface Scope {
  readonly inputs: Inputs;
  /** The repository's root, absolute. */
  readonly root: string;
  /** A folder of our own for reports. */
  readonly temp: string;
}

/** Scans and gives its findings; throws an ActionError where it could not. */
export type Scanner = (scope: Scope) => Promise<Finding[]>;
