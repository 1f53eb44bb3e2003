import { runAction } from '@fairway/action-kit';
import { readInputs } from './inputs.js';
import { NOTHING } from './outputs.js';

await runAction('Security scan', NOTHING, async (outputs) => {
  const inputs = readInputs();
  const { run } = await import('./run.js');
  await run(inputs, outputs);
});
