import { list, string, tree } from '@fairway/action-kit/tree';
import { hasStatus } from './api-error.js';
import type { Connection } from './connection.js';

/** What a cluster can do, in the words in which charts ask for it (`.Capabilities`). */
export interface Capabilities {
  /** `v1.34.4` */
  readonly kubeVersion: string;
  /** `apps/v1` and `apps/v1/Deployment` */
  readonly apiVersions: readonly string[];
}

/** Aggregated discovery, all kinds in two requests (Kubernetes 1.26 and later); older servers answer with groups only. */
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const PLAIN = 'application/json;q=0.5';

/**
 * Asks what the cluster can do, in three requests.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#aggregated-discovery
 */
export async function capabilitiesOf(connection: Connection): Promise<Capabilities> {
  const ask = (path: string, accept: string) =>
    connection.json({ method: 'GET', path, accept, doing: 'Asking what the cluster can do' });
  const [version, core, groups] = await Promise.all([
    ask('/version', 'application/json').catch((error: unknown) => {
      if (hasStatus(error, 403)) return {};
      throw error;
    }),
    ask('/api', `${AGGREGATED},${PLAIN}`),
    ask('/apis', `${AGGREGATED},${PLAIN}`),
  ]);
  return {
    kubeVersion: string(tree(version).gitVersion),
    apiVersions: [...versionsIn(core), ...versionsIn(groups)],
  };
}

/** Reads both answers that there are: APIGroupDiscoveryList, and APIVersions or APIGroupList of older servers. */
export function versionsIn(answer: unknown): string[] {
  const { items, groups, versions } = tree(answer);
  if (Array.isArray(versions)) return versions.map(string);
  if (Array.isArray(groups)) {
    return groups.flatMap((group) =>
      list(tree(group).versions).map((version) => string(tree(version).groupVersion)),
    );
  }
  return list(items)
    .map(tree)
    .flatMap((group) => {
      const name = string(tree(group.metadata).name);
      return list(group.versions)
        .map(tree)
        .flatMap((version) => {
          const groupVersion = name === '' ? string(version.version) : `${name}/${string(version.version)}`;
          const kinds = list(version.resources).map((r) => string(tree(tree(r).responseKind).kind));
          return [groupVersion, ...new Set(kinds.filter(Boolean).map((kind) => `${groupVersion}/${kind}`))];
        });
    });
}
