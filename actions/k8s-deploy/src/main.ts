import { runAction } from '@fairway/action-kit';
import { readInputs } from './inputs.js';
import { untouched } from './outcome.js';

await runAction('Kubernetes deploy', untouched, async (outputs) => {
  const inputs = readInputs();
  const { run } = await import('./run.js');
  await run(inputs, outputs);
});
