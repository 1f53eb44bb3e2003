import { group, info } from '@fairway/action-kit';
import { inApplySet } from './apply/apply-set.js';
import { checkPermissions, needsOf } from './apply/permissions.js';
import type { KubeObject } from './cluster/object.js';
import type { PreviewPlan } from './previews/preview-inputs.js';
import { isAwaited } from './rollout/progress.js';
import type { Site } from './site.js';
import { collectObjects } from './source/collect.js';
import { definitionsIn, isDefinedBy } from './source/definitions.js';

/** Renders the sources and asks for every permission; after this nothing has changed anywhere. */
export async function prepareObjects(
  site: Site,
  readOnly: boolean,
  proxied: readonly string[] = [],
): Promise<KubeObject[]> {
  return group(`Render ${site.release} for ${site.namespace}`, async () => {
    const collected = await collectObjects(site.inputs, site.client, site.namespace, site.run.workspace);
    const fitted = site.inputs.preview ? await fit(site, site.inputs.preview, collected) : collected;
    const admitted = await admit(site, fitted);
    const objects = admitted.map((object) => inApplySet(object, site.applySet));
    for (const { kind, metadata } of objects) info(`${kind} ${metadata.name}`);
    await askPermissions(site, objects, readOnly, proxied);
    return objects;
  });
}

/** As an environment among several of the same release can have them. */
async function fit(
  site: Site,
  { host, occasion }: PreviewPlan,
  objects: KubeObject[],
): Promise<KubeObject[]> {
  const [{ fitForPreview }, { fill }] = await Promise.all([
    import('./previews/fit.js'),
    import('./previews/preview-inputs.js'),
  ]);
  const number = 'number' in occasion ? occasion.number : 0;
  return fitForPreview(objects, fill(host, site.release, number));
}

/** With their images looked at in the registry, where that is asked. */
async function admit(site: Site, objects: KubeObject[]): Promise<KubeObject[]> {
  const { imageTrust } = site.inputs;
  if (!imageTrust.resolveTags && imageTrust.verify === undefined) return objects;
  const { admitImages } = await import('./image/admit.js');
  return admitImages(objects, imageTrust);
}

/**
 * @param proxied namespaces of more Services that are asked through the API server
 * @throws ActionError 'forbidden' with the Role to add
 */
export async function askPermissions(
  site: Site,
  objects: readonly KubeObject[],
  readOnly: boolean,
  proxied: readonly string[] = [],
): Promise<void> {
  const definitions = definitionsIn(objects);
  const resources = await Promise.all(
    objects
      .filter((object) => !isDefinedBy(definitions, object))
      .map(async (object) => {
        const { apiVersion, kind, metadata } = object;
        const { plural } = await site.client.resource(apiVersion, kind);
        return { apiVersion, plural, namespace: metadata.namespace, awaited: isAwaited(object) };
      }),
  );
  const smoke = site.inputs.smokeTests.some(({ via }) => via === 'service') ? [site.namespace] : [];
  await checkPermissions(
    site.client,
    needsOf(resources, site.namespace, { proxied: [...smoke, ...proxied], readOnly }),
  );
}
