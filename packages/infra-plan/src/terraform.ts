import { ActionError } from '@fairway/action-kit';
import { attributeChanges, type MarkedChange, shownPair } from './attributes.js';
import type { ChangeKind, InfraPlan, Invocation, OutputChange, ResourceChange } from './change.js';
import { fingerprint } from './fingerprint.js';
import { asList, asObject, asText, type Json, type JsonObject } from './json.js';
import { type HoldsSecret, secretsOf } from './secrets.js';

/**
 * Reads a plan as `terraform show -json PLANFILE` (or `tofu show -json`) prints it.
 * Source of the format: developer.hashicorp.com/terraform/internals/json-format, major version 1.
 * @param product `Terraform` or `OpenTofu`
 * @param known secrets that are to be shown nowhere, marked in the plan or not
 * @throws ActionError 'bad-plan' when it is not such a plan, or one that ended in an error
 */
export function readTerraformPlan(
  document: Json,
  product = 'Terraform',
  known: readonly string[] = [],
): InfraPlan {
  const plan = asObject(document);
  const version = asText(plan.format_version);
  if (!/^1\./.test(version) && version !== '0.1' && version !== '0.2') {
    throw new ActionError(
      'bad-plan',
      `This is not a plan in a format that is known (format_version '${version}').`,
      {
        remedy:
          'Plan formats 0.1 to 1.x are read; use a release of Terraform or OpenTofu that writes one of these.',
      },
    );
  }
  if (plan.errored === true) {
    throw new ActionError(
      'bad-plan',
      'The plan ended in an error, so it says only part of what would be done.',
      {
        remedy: 'Mend the errors that planning showed, and plan again.',
      },
    );
  }
  const holdsSecret = secretsOf(plan, known);
  return {
    tool: `${product} ${asText(plan.terraform_version)}`.trim(),
    changes: resources(plan.resource_changes, holdsSecret),
    outputs: Object.entries(asObject(plan.output_changes)).flatMap(([name, change]) =>
      output(name, change, holdsSecret),
    ),
    drift: resources(plan.resource_drift, holdsSecret),
    invocations: asList(plan.action_invocations).map((item) => invocation(asObject(item))),
    fingerprint: fingerprint(plan),
  };
}

function resources(list: Json | undefined, holdsSecret: HoldsSecret): ResourceChange[] {
  return asList(list)
    .map((item) => resource(asObject(item), holdsSecret))
    .filter(({ kind }) => kind !== 'no-op');
}

function resource(item: JsonObject, holdsSecret: HoldsSecret): ResourceChange {
  const change = asObject(item.change);
  const previous = asText(item.previous_address);
  const reason = REASONS[asText(item.action_reason)];
  const deposed = asText(item.deposed);
  const paths = asList(change.replace_paths).map((path) =>
    asList(path).filter((step) => typeof step === 'string' || typeof step === 'number'),
  );
  const kind = kindOf(change, previous !== '');
  return {
    address: asText(item.address),
    type: asText(item.type),
    kind,
    // A read or a forgotten thing changes nothing that a reviewer could weigh.
    attributes:
      kind === 'read' || kind === 'forget' ? [] : attributeChanges(marked(change), paths, holdsSecret),
    ...(reason !== undefined && { reason }),
    ...(previous !== '' && { previousAddress: previous }),
    ...(deposed !== '' && { deposed }),
  };
}

function invocation(item: JsonObject): Invocation {
  const trigger = asObject(item.lifecycle_action_trigger);
  return {
    address: asText(item.address),
    event: asText(trigger.action_trigger_event),
    resource: asText(trigger.triggering_resource_address),
  };
}

function output(name: string, value: Json, holdsSecret: HoldsSecret): OutputChange[] {
  const change = asObject(value);
  const kind = kindOf(change, false);
  return kind === 'no-op' ? [] : [{ name, kind, ...shownPair(marked(change), holdsSecret) }];
}

function marked(change: JsonObject): MarkedChange {
  return {
    before: change.before,
    after: change.after,
    afterUnknown: change.after_unknown,
    beforeSensitive: change.before_sensitive,
    afterSensitive: change.after_sensitive,
  };
}

const KINDS: Readonly<Record<string, ChangeKind>> = {
  'no-op': 'no-op',
  create: 'create',
  read: 'read',
  update: 'update',
  delete: 'delete',
  forget: 'forget',
  'delete,create': 'replace',
  'create,delete': 'replace',
  // The old thing is left running and no longer known: it is not destroyed, yet nobody will look after it.
  'create,forget': 'forget',
  'forget,create': 'forget',
};

/** What the actions mean. Those that are not known count as a deletion: a gate must not wave through what it cannot read. */
function kindOf(change: JsonObject, moved: boolean): ChangeKind {
  const kind = KINDS[asList(change.actions).map(asText).join(',')] ?? 'delete';
  if (kind !== 'no-op') return kind;
  if (change.importing !== undefined) return 'import';
  return moved ? 'move' : 'no-op';
}

/** `action_reason` in a reviewer's words. Source: the format's page, above. */
const REASONS: Readonly<Record<string, string>> = {
  replace_because_tainted: 'it was left half-made (tainted)',
  replace_because_cannot_update: 'it cannot be changed in place',
  replace_by_request: 'a replacement was asked for',
  replace_by_triggers: 'replace_triggered_by says so',
  delete_because_no_resource_config: 'it is no longer in the code',
  delete_because_no_module: 'its module is no longer in the code',
  delete_because_wrong_repetition: 'count or for_each came or went',
  delete_because_count_index: 'count became smaller',
  delete_because_each_key: 'for_each lost this key',
  delete_because_no_move_target: 'it was moved to where nothing is',
  read_because_config_unknown: 'its arguments are only known at apply',
  read_because_dependency_pending: 'it depends on what is changed',
};
