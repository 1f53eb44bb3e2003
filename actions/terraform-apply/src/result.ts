import type { Outputs } from '@fairway/action-kit';

/** What came of the step. `blocked`: the gate, or a plan other than the reviewed one, forbade it. */
export type Result = 'no-changes' | 'changes' | 'applied' | 'blocked' | 'failed' | 'drift';

/** Every output before anything is known, so that each is set whatever happens. */
export const NOTHING_YET = {
  result: 'failed' as string,
  changes: false as boolean,
  add: 0 as number,
  change: 0 as number,
  replace: 0 as number,
  delete: 0 as number,
  fingerprint: '' as string,
  'plan-path': '' as string,
  'plan-json-path': '' as string,
  outputs: '{}' as string,
};

export type StepOutputs = Outputs<typeof NOTHING_YET>;
