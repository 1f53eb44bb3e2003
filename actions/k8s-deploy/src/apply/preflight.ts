import { group } from '@fairway/action-kit';
import type { KubeObject } from '../cluster/object.js';
import type { Site } from '../site.js';
import { definitionsIn, isDefinedBy } from '../source/definitions.js';
import { applyAll } from './apply.js';

/** Tries a first release on the server without effect: there would be no way back from half of one. */
export async function preflight(
  site: Site,
  objects: readonly KubeObject[],
  live: ReadonlyMap<string, KubeObject>,
): Promise<void> {
  const definitions = definitionsIn(objects);
  const namespaces = new Set(
    objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name),
  );
  const testable = objects.filter(
    (object) => !isDefinedBy(definitions, object) && !namespaces.has(object.metadata.namespace ?? ''),
  );
  await group('Try it on the server without effect', () =>
    applyAll(site.client, testable, {
      force: site.inputs.forceConflicts,
      dryRun: true,
      release: objects,
      live,
      onApplied: () => undefined,
    }),
  );
}
