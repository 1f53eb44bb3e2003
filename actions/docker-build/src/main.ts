import { runAction } from '@fairway/action-kit';
import { readInputs } from './inputs.js';
import { OUTPUTS } from './outputs.js';

await runAction('docker-build', OUTPUTS, async (outputs) => {
  const inputs = readInputs();
  const { run } = await import('./run.js');
  await run(inputs, outputs);
});
