import type { Cause } from '../cluster/api-error.js';

/** A field that another manager owns. */
export interface Conflict {
  readonly field: string;
  readonly owner: string;
}

/**
 * Reads the causes of a refused apply.
 * Source: k8s.io/apimachinery, pkg/util/managedfields/internal/conflict.go: `conflict with "MANAGER" using VERSION at TIME`.
 */
export function readConflicts(causes: readonly Cause[]): Conflict[] {
  return causes
    .filter(({ reason }) => reason === 'FieldManagerConflict')
    .map(({ field, message }) => ({
      field,
      owner:
        /conflict with "([^"]+)"(?: with subresource "([^"]+)")?/
          .exec(message)
          ?.slice(1)
          .filter(Boolean)
          .join(' / ') ?? message,
    }));
}
