import { asList, asObject, isObject, type Json, type JsonObject, member } from './json.js';

const HIDDEN = '(sensitive)';

/** Parts without values of resources. What is not named here, also what a later version adds, is left out. */
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

/**
 * A plan document without its secrets, in the same shape, for policy tools and for keeping: sensitive values read
 * `(sensitive)`. The prior state and values of sensitive variables are left out, and so is the configuration, whose
 * expressions may spell out a secret that nobody marked.
 */
export function redactTerraformPlan(document: Json): Json {
  const plan = asObject(document);
  const declared = asObject(asObject(asObject(plan.configuration).root_module).variables);
  return {
    ...Object.fromEntries(HARMLESS.flatMap((key) => (plan[key] === undefined ? [] : [[key, plan[key]]]))),
    variables: mapValues(asObject(plan.variables), (value, name) =>
      asObject(declared[name]).sensitive === true ? { value: HIDDEN } : value,
    ),
    resource_changes: asList(plan.resource_changes).map(redactResource),
    resource_drift: asList(plan.resource_drift).map(redactResource),
    output_changes: mapValues(asObject(plan.output_changes), redactChange),
    planned_values: redactPlanned(plan.planned_values),
  };
}

function redactResource(item: Json): Json {
  return { ...asObject(item), change: redactChange(asObject(item).change ?? null) };
}

function redactChange(value: Json): Json {
  const change = asObject(value);
  return {
    ...change,
    before: hide(change.before, change.before_sensitive),
    after: hide(change.after, change.after_sensitive),
  };
}

function redactPlanned(value: Json | undefined): Json {
  const planned = asObject(value);
  return {
    outputs: mapValues(asObject(planned.outputs), (output) =>
      asObject(output).sensitive === true ? { ...asObject(output), value: HIDDEN } : output,
    ),
    root_module: redactModule(planned.root_module),
  };
}

function redactModule(value: Json | undefined): Json {
  const module = asObject(value);
  return {
    ...module,
    resources: asList(module.resources).map((item) => {
      const resource = asObject(item);
      return { ...resource, values: hide(resource.values, resource.sensitive_values) };
    }),
    child_modules: asList(module.child_modules).map(redactModule),
  };
}

/** The value with every part that the mark points at replaced. */
function hide(value: Json | undefined, mark: Json | undefined): Json {
  if (value === undefined || value === null) return null;
  if (mark === true) return HIDDEN;
  if (Array.isArray(value)) return value.map((item: Json, index) => hide(item, member(mark, index)));
  if (isObject(value)) return mapValues(value, (item, key) => hide(item, member(mark, key)));
  return value;
}

function mapValues(record: JsonObject, change: (value: Json, key: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
