import { ActionError } from '@fairway/action-kit';
import { list, string, tree } from '@fairway/action-kit/tree';
import { hasStatus } from './api-error.js';
import type { Connection } from './connection.js';
import { builtIn, type Resource } from './kinds.js';

/**
 * How a kind is addressed: known for Kubernetes' own, asked of the server for others (one request a group version).
 * @throws ActionError 'unknown-kind'
 */
export async function discover(connection: Connection, apiVersion: string, kind: string): Promise<Resource> {
  const known = builtIn(apiVersion, kind);
  if (known) return known;
  const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const answer = await connection
    .json({ method: 'GET', path, doing: `Looking up ${kind}` })
    .catch((error: unknown) => {
      if (hasStatus(error, 404)) return {};
      throw error;
    });
  const found = list(tree(answer).resources)
    .map(tree)
    .find((resource) => resource.kind === kind && !string(resource.name).includes('/'));
  if (found === undefined) {
    throw new ActionError('unknown-kind', `The cluster has no kind ${kind} in ${apiVersion}.`, {
      remedy:
        'Install the operator or CustomResourceDefinition that defines it first, or put the definition into the same release; check the spelling of apiVersion and kind.',
    });
  }
  return { apiVersion, kind, plural: string(found.name), namespaced: found.namespaced === true };
}
