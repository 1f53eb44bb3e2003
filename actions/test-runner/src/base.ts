import type { History } from './history.js';
import type { Inputs } from './inputs.js';
import type { Ratchet } from './judge.js';
import { recall, recallBase } from './memory.js';

/** What is known of this branch, and of the branch to compare with, which outside of a pull request is the same. */
export async function recallBoth(inputs: Inputs): Promise<{ history: History; base: History }> {
  const history = await recall(inputs);
  return { history, base: (await recallBase(inputs)) ?? history };
}

/** A red run's coverage is no measure: tests that failed early left lines out. */
export function ratchetOf({ maximumCoverageDrop: drop }: Inputs, base: History): Ratchet | undefined {
  if (drop === undefined) return undefined;
  const last = base.runs.findLast(({ passed, coverage }) => passed && coverage !== undefined);
  return {
    drop,
    before:
      last?.coverage === undefined ? undefined : { name: last.sha.slice(0, 7), coverage: last.coverage },
  };
}
