import { messageOf } from '@fairway/action-kit';
import type { Inputs } from './inputs.js';
import { type DeployOutputs, firstLine } from './outcome.js';
import { openSite } from './site.js';

/** The action, with the output that says in a line why it failed, wherever it did. */
export async function run(inputs: Inputs, outputs: DeployOutputs): Promise<void> {
  try {
    await act(inputs, outputs);
  } catch (error) {
    outputs.set('reason', firstLine(messageOf(error)));
    throw error;
  }
}

/** Finds the cluster, and does there what the mode says. */
async function act(inputs: Inputs, outputs: DeployOutputs): Promise<void> {
  // A preview's has its number to be filled in.
  if (!inputs.preview) outputs.set('url', inputs.environmentUrl);
  outputs.set(
    'images',
    JSON.stringify(Object.fromEntries(inputs.images.map(({ name, reference }) => [name, reference]))),
  );
  if (inputs.preview) {
    return (await import('./previews/environment.js')).keepPreviews(inputs, inputs.preview, outputs);
  }
  const site = await openSite(inputs);
  if (inputs.drill) return (await import('./drill/drill.js')).drill(site, inputs.drill, outputs);
  switch (inputs.mode) {
    case 'deploy':
      return (await import('./deploy.js')).deploy(site, outputs);
    case 'diff':
      return (await import('./preview.js')).preview(site, outputs);
    case 'rollback':
      return (await import('./rollback.js')).rollback(site, outputs);
    case 'promote':
      return (await import('./strategy/by-hand.js')).promote(site, outputs);
    case 'reject':
      return (await import('./strategy/by-hand.js')).reject(site, outputs);
  }
}
