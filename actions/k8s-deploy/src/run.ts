import type { Inputs } from './inputs.js';
import type { DeployOutputs } from './outcome.js';
import { openSite } from './site.js';

/** The action: finds the cluster, and does there what the mode says. */
export async function run(inputs: Inputs, outputs: DeployOutputs): Promise<void> {
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
