import { runAction } from '@fairway/action-kit';
import { readInputs } from './inputs.js';
import { NOTHING_YET } from './result.js';

await runAction('Notify', NOTHING_YET, async (outputs) => {
  const inputs = readInputs();
  const { notify } = await import('./run.js');
  await notify(inputs, outputs);
});
