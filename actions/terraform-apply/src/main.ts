import { runAction } from '@fairway/action-kit';
import { readInputs } from './inputs.js';
import { NOTHING_YET } from './result.js';

await runAction('Terraform', NOTHING_YET, async (outputs) => {
  const inputs = readInputs();
  const { terraformApply } = await import('./run.js');
  await terraformApply(inputs, outputs);
});
