import type { Inputs } from './inputs.js';
import type { Outputs } from './outputs.js';

/** Plans the shards, runs tests, or reports what all shards found. Each mode is loaded when it is asked for. */
export async function run(inputs: Inputs, outputs: Outputs): Promise<void> {
  if (inputs.mode === 'plan') return (await import('./plan.js')).plan(inputs, outputs);
  if (inputs.mode === 'report') return (await import('./report.js')).report(inputs, outputs);
  return (await import('./test.js')).test(inputs, outputs);
}
