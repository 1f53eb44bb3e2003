import type { Json, JsonObject } from '../src/json.js';

/** A plan document around resource changes, as `terraform show -json` prints one. */
export function planOf(resourceChanges: readonly Json[], rest: JsonObject = {}): JsonObject {
  return {
    format_version: '1.2',
    terraform_version: '1.11.4',
    resource_changes: resourceChanges,
    output_changes: {},
    ...rest,
  };
}

/** One entry of `resource_changes`. */
export function changeOf(address: string, actions: readonly string[], change: JsonObject = {}): JsonObject {
  const { reason, ...rest } = change;
  return {
    address,
    mode: 'managed',
    type: address.split('.').at(-2) ?? '',
    provider_name: 'example.org/acme/acme',
    change: {
      actions,
      before: actions[0] === 'create' ? null : {},
      after: actions.at(-1) === 'delete' ? null : {},
      after_unknown: {},
      before_sensitive: {},
      after_sensitive: {},
      ...rest,
    },
    ...(reason !== undefined && { action_reason: reason }),
  };
}
