import { at, string } from '@fairway/action-kit/tree';
import { groupOf, type KubeObject } from '../cluster/object.js';

/** What a CustomResourceDefinition of this very release brings: a kind that the cluster may not know yet. */
export interface Definition {
  readonly group: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export function definitionsIn(objects: readonly KubeObject[]): Definition[] {
  return objects
    .filter(({ kind }) => kind === 'CustomResourceDefinition')
    .map((definition) => ({
      group: string(at(definition, 'spec', 'group')),
      kind: string(at(definition, 'spec', 'names', 'kind')),
      namespaced: at(definition, 'spec', 'scope') === 'Namespaced',
    }));
}

/** Whether the object's kind is brought by one of the definitions. */
export function isDefinedBy(definitions: readonly Definition[], object: KubeObject): boolean {
  return definitions.some(({ group, kind }) => group === groupOf(object.apiVersion) && kind === object.kind);
}
