import { info } from '@fairway/action-kit';
import { hasStatus } from '../cluster/api-error.js';
import type { Site } from '../site.js';

/** Makes the release's namespace where it is missing. Whoever may not look is taken to know that it is there. */
export async function createNamespace(site: Site): Promise<void> {
  const ref = { apiVersion: 'v1', kind: 'Namespace', name: site.namespace };
  const found = await site.client.get(ref).catch((error: unknown) => {
    if (hasStatus(error, 403)) return undefined;
    throw error;
  });
  if (found) return;
  const { apiVersion, kind, name } = ref;
  await site.client.apply({ apiVersion, kind, metadata: { name } }, { force: false });
  info(`created   Namespace ${name}`);
}
