import { ActionError, formatDuration, info } from '@fairway/action-kit';
import { pause } from '@fairway/exec-kit';
import { hasStatus } from '../cluster/api-error.js';
import type { KubeClient } from '../cluster/client.js';
import { builtIn, type Resource } from '../cluster/kinds.js';
import type { KubeObject } from '../cluster/object.js';
import type { Site } from '../site.js';
import { markedNamespace, type Owner, type Preview, previewIn, selectorOf } from './ownership.js';

const NAMESPACES = builtIn('v1', 'Namespace') as Resource;

/** Every environment of the release that is there, and not on its way out. */
export async function findPreviews(client: KubeClient, owner: Owner): Promise<Preview[]> {
  const { items } = await client.list(NAMESPACES, undefined, { labelSelector: selectorOf(owner) });
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .flatMap((namespace) => previewIn(namespace, owner) ?? []);
}

/**
 * Makes the namespace of a pull request, or gives the one that is there more time.
 * @throws ActionError 'not-a-preview' for one that somebody else made
 */
export async function settleIn(site: Site, owner: Owner, number: number, ttlMs: number): Promise<void> {
  const { client, cancelled, inputs } = site;
  const wanted = markedNamespace(owner, number, new Date(client.connection.now().getTime() + ttlMs));
  const { apiVersion, kind } = wanted;
  const ref = { apiVersion, kind, name: wanted.metadata.name };
  let found = await client.get(ref);
  for (const began = performance.now(); found?.metadata.deletionTimestamp !== undefined; ) {
    const waitedMs = performance.now() - began;
    if (waitedMs > inputs.timeoutMs || cancelled.aborted) throw stillLeaving(ref.name, waitedMs);
    await pause(1_000, cancelled);
    found = await client.get(ref);
  }
  if (found === undefined) {
    await client.create(wanted).catch(async (error: unknown) => {
      if (!hasStatus(error, 409)) throw error;
      found = await client.get(ref); // a run that was a moment quicker, or a stranger
    });
    if (found === undefined) info(`created   Namespace ${ref.name}`);
  }
  if (found === undefined) return;
  if (previewIn(found, owner)?.number !== number) throw notAPreview(found, owner);
  await client.apply(wanted, { force: true });
}

/**
 * Deletes an environment with all that is in it, if it still is what was looked at.
 * @returns false when somebody changed or deleted it meanwhile
 */
export async function moveOut(client: KubeClient, { namespace }: Preview): Promise<boolean> {
  const { name, uid = '', resourceVersion = '' } = namespace.metadata;
  try {
    return await client.delete({ apiVersion: 'v1', kind: 'Namespace', name }, { uid, resourceVersion });
  } catch (error) {
    if (hasStatus(error, 409)) return false;
    throw error;
  }
}

export function notAPreview({ metadata }: KubeObject, { release, repository }: Owner): ActionError {
  return new ActionError(
    'not-a-preview',
    `The namespace '${metadata.name}' is there, and is no preview that ${repository} made of '${release}'. It was not touched.`,
    { remedy: "Give the previews another name with 'release:', or delete that namespace yourself." },
  );
}

function stillLeaving(name: string, waitedMs: number): ActionError {
  return new ActionError(
    'namespace-leaving',
    `The namespace '${name}' is being deleted, and was still there after ${formatDuration(waitedMs)}.`,
    {
      remedy: `See what holds it:  kubectl get namespace ${name} -o yaml  (its conditions name the finalizers).`,
    },
  );
}
