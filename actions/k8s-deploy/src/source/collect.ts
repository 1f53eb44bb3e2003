import { ActionError } from '@fairway/action-kit';
import type { KubeClient } from '../cluster/client.js';
import { groupOf, type KubeObject, keyOf, labelOf } from '../cluster/object.js';
import type { Inputs } from '../inputs.js';
import { History } from '../release/history.js';
import { definitionsIn } from './definitions.js';
import { withImages } from './images.js';
import { readManifests } from './manifests.js';
import { renderKustomize } from './rendering.js';

/** Everything that the release consists of: rendered, with its images and namespaces, each object once. */
export async function collectObjects(
  inputs: Inputs,
  client: KubeClient,
  namespace: string,
  workspace: string,
): Promise<KubeObject[]> {
  const { manifests, kustomize, helm } = inputs.sources;
  const found = [
    ...(manifests.length > 0 ? await readManifests(manifests, workspace) : []),
    ...(kustomize !== '' ? await renderKustomize(kustomize, workspace) : []),
    ...(helm ? await renderChart(inputs, client, namespace, workspace) : []),
  ];
  if (found.length === 0) {
    throw new ActionError('nothing-to-deploy', 'The sources hold no object at all.', {
      remedy: 'Look at what they render to; an empty release would leave everything as it is.',
    });
  }
  const scopes = await scopesOf(found, client);
  const strict = inputs.namespace !== '';
  const placed = found.map((object) =>
    inNamespace(object, namespace, scopes.get(kindKey(object)) ?? true, strict),
  );
  refuseDoubles(placed);
  return withImages(placed.map(withoutServerFields), inputs.images);
}

async function renderChart(
  { sources, release }: Inputs,
  client: KubeClient,
  namespace: string,
  workspace: string,
): Promise<KubeObject[]> {
  if (!sources.helm) return [];
  const { renderHelm } = await import('./helm.js');
  const wasReleased = await History.hasGood(client, release, namespace);
  const occasion = wasReleased ? 'upgrade' : 'install';
  return renderHelm(sources.helm, { client, namespace, workspace, occasion });
}

/** Which kinds have a namespace, by group and kind. Kinds that a definition of this very release brings count too. */
async function scopesOf(objects: readonly KubeObject[], client: KubeClient): Promise<Map<string, boolean>> {
  const scopes = new Map<string, boolean>();
  for (const { group, kind, namespaced } of definitionsIn(objects))
    scopes.set(`${group}/${kind}`, namespaced);
  for (const object of objects) {
    const key = kindKey(object);
    if (!scopes.has(key)) scopes.set(key, (await client.resource(object.apiVersion, object.kind)).namespaced);
  }
  return scopes;
}

function kindKey(object: KubeObject): string {
  return `${groupOf(object.apiVersion)}/${object.kind}`;
}

/** @throws ActionError 'wrong-namespace' when the object names another one than the input does: kubectl refuses that too */
export function inNamespace(
  object: KubeObject,
  namespace: string,
  namespaced: boolean,
  strict: boolean,
): KubeObject {
  const { namespace: own, ...metadata } = object.metadata;
  if (!namespaced) return { ...object, metadata };
  if (own !== undefined && own !== namespace && strict) {
    throw new ActionError(
      'wrong-namespace',
      `${labelOf(object)} names the namespace '${own}', and the input 'namespace' says '${namespace}'.`,
      {
        remedy: `Take 'namespace' out of the manifest (or set it in the overlay), or leave the input 'namespace' out to let objects go where they say.`,
      },
    );
  }
  return { ...object, metadata: { ...metadata, namespace: own ?? namespace } };
}

function refuseDoubles(objects: readonly KubeObject[]): void {
  const seen = new Set<string>();
  for (const object of objects) {
    const key = keyOf(object);
    if (seen.has(key)) {
      throw new ActionError('bad-manifest', `${labelOf(object)} is there twice: which one should win?`, {
        remedy:
          'Take one out. The same file may be named twice, or belong to both a kustomization and the manifests.',
      });
    }
    seen.add(key);
  }
}

/** Without what only a server writes; an exported manifest often still carries it, and apply refuses some of it. */
export function withoutServerFields(object: KubeObject): KubeObject {
  const { status: _status, ...rest } = object;
  const { uid: _uid, resourceVersion: _version, generation: _generation, ...metadata } = object.metadata;
  const { creationTimestamp: _created, managedFields: _managed, selfLink: _link, ...kept } = metadata;
  return {
    ...rest,
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: kept as KubeObject['metadata'],
  };
}
