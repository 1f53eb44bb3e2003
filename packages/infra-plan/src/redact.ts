import { asList, asObject, isObject, type Json, type JsonObject, member } from './json.js';
import { type HoldsSecret, secretsOf } from './secrets.js';

const HIDDEN = '(sensitive)';

/** Parts without values of resources. What is not named here and below, also what a later version adds, is left out. */
const HARMLESS = [
  'format_version',
  'terraform_version',
  'timestamp',
  'applyable',
  'complete',
  'errored',
  'relevant_attributes',
  'checks',
] as const;

/** What of a resource and of its change tells no value, or, of a change, in which only known secrets are hidden. */
const OF_RESOURCE = [
  'address',
  'previous_address',
  'module_address',
  'mode',
  'type',
  'name',
  'index',
  'provider_name',
  'schema_version',
  'deposed',
  'action_reason',
] as const;
const OF_CHANGE = [
  'actions',
  'after_unknown',
  'before_sensitive',
  'after_sensitive',
  'replace_paths',
  'importing',
  'generated_config',
] as const;

/**
 * A plan document without its secrets, in the same shape, for policy tools and for keeping: sensitive values read
 * `(sensitive)`. The prior state and values of sensitive variables are left out, and so is the configuration, whose
 * expressions may spell out a secret that nobody marked.
 * @param known secrets to take out wherever they stand, marked or not
 */
export function redactTerraformPlan(document: Json, known: readonly string[] = []): Json {
  const plan = asObject(document);
  const holdsSecret = secretsOf(plan, known);
  const declared = asObject(asObject(asObject(plan.configuration).root_module).variables);
  return {
    ...only(plan, HARMLESS, holdsSecret),
    variables: mapValues(asObject(plan.variables), (value, name) =>
      hide(value, member(member(declared, name), 'sensitive') === true, holdsSecret),
    ),
    resource_changes: asList(plan.resource_changes).map((item) => redactResource(item, holdsSecret)),
    resource_drift: asList(plan.resource_drift).map((item) => redactResource(item, holdsSecret)),
    output_changes: mapValues(asObject(plan.output_changes), (change) => redactChange(change, holdsSecret)),
    planned_values: redactPlanned(plan.planned_values, holdsSecret),
  };
}

function redactResource(item: Json, holdsSecret: HoldsSecret): Json {
  const resource = asObject(item);
  return {
    ...only(resource, OF_RESOURCE, holdsSecret),
    change: redactChange(resource.change ?? null, holdsSecret),
  };
}

function redactChange(value: Json, holdsSecret: HoldsSecret): Json {
  const change = asObject(value);
  return {
    ...only(change, OF_CHANGE, holdsSecret),
    before: hide(change.before, change.before_sensitive, holdsSecret),
    after: hide(change.after, change.after_sensitive, holdsSecret),
  };
}

function redactPlanned(value: Json | undefined, holdsSecret: HoldsSecret): Json {
  const planned = asObject(value);
  return {
    outputs: mapValues(asObject(planned.outputs), (output) => ({
      ...only(asObject(output), ['sensitive', 'type'], holdsSecret),
      value: hide(asObject(output).value, asObject(output).sensitive, holdsSecret),
    })),
    root_module: redactModule(planned.root_module, holdsSecret),
  };
}

function redactModule(value: Json | undefined, holdsSecret: HoldsSecret): Json {
  const module = asObject(value);
  return {
    ...only(module, ['address'], holdsSecret),
    resources: asList(module.resources).map((item) => {
      const resource = asObject(item);
      return {
        ...only(resource, [...OF_RESOURCE, 'sensitive_values'], holdsSecret),
        values: hide(resource.values, resource.sensitive_values, holdsSecret),
      };
    }),
    child_modules: asList(module.child_modules).map((child) => redactModule(child, holdsSecret)),
  };
}

/** The members of these names that are there, without the secrets that are known. */
function only(record: JsonObject, names: readonly string[], holdsSecret: HoldsSecret): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = member(record, name);
      return value === undefined ? [] : [[name, hide(value, undefined, holdsSecret)]];
    }),
  );
}

/** The value with every part that the mark points at replaced. */
function hide(value: Json | undefined, mark: Json | undefined, holdsSecret: HoldsSecret): Json {
  if (value === undefined || value === null) return null;
  if (mark === true || (typeof value === 'string' && holdsSecret(value))) return HIDDEN;
  if (Array.isArray(value))
    return value.map((item: Json, index) => hide(item, member(mark, index), holdsSecret));
  if (isObject(value)) return mapValues(value, (item, key) => hide(item, member(mark, key), holdsSecret));
  return value;
}

function mapValues(record: JsonObject, change: (value: Json, key: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
