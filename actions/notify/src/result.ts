import type { Outputs } from '@fairway/action-kit';

/** Every output before anything is known, so that each is set whatever happens. */
export const NOTHING_YET = {
  /** sent | partial | failed | skipped */
  result: 'failed' as string,
  delivered: '[]' as string,
  failed: '[]' as string,
  'dedup-key': '' as string,
};

export type StepOutputs = Outputs<typeof NOTHING_YET>;
