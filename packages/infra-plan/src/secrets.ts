import { asList, asObject, isObject, type Json, type JsonObject, member } from './json.js';

/** Shorter ones are words like `true` and `admin`; hiding each text with such a word in it would hide the plan. */
const SHORTEST = 6;

/** Whether a text holds a secret, in the clear or as JSON would write it. */
export type HoldsSecret = (text: string) => boolean;

/**
 * Knows the plan's sensitive texts again where nothing marks them: a provider may copy a secret into another
 * attribute (`terraform_data` copies `input` to `output`), and the state forgets the mark.
 * @param known secrets that the caller knows of, marked in the plan or not
 */
export function secretsOf(plan: JsonObject, known: readonly string[] = []): HoldsSecret {
  const found = new Set<string>(known.filter((text) => text.length >= SHORTEST));
  for (const item of [...asList(plan.resource_changes), ...asList(plan.resource_drift)]) {
    collectFrom(asObject(item).change, found);
  }
  for (const change of Object.values(asObject(plan.output_changes))) collectFrom(change, found);
  const declared = asObject(asObject(asObject(plan.configuration).root_module).variables);
  for (const [name, variable] of Object.entries(asObject(plan.variables))) {
    collect(asObject(variable).value, asObject(member(declared, name)).sensitive, found);
  }
  return finder(new Set([...found].flatMap((text) => [text, JSON.stringify(text).slice(1, -1)])));
}

/**
 * Looks for thousands of secrets in thousands of texts: at each place of a text, those lengths are tried that secrets
 * with this beginning have.
 */
function finder(secrets: ReadonlySet<string>): HoldsSecret {
  const lengths = new Map<string, Set<number>>();
  for (const secret of secrets) {
    const start = secret.slice(0, SHORTEST);
    lengths.set(start, (lengths.get(start) ?? new Set()).add(secret.length));
  }
  return (text) => {
    for (let at = 0; lengths.size > 0 && at + SHORTEST <= text.length; at++) {
      for (const length of lengths.get(text.slice(at, at + SHORTEST)) ?? []) {
        if (secrets.has(text.slice(at, at + length))) return true;
      }
    }
    return false;
  };
}

function collectFrom(value: Json | undefined, found: Set<string>): void {
  const change = asObject(value);
  collect(change.before, change.before_sensitive, found);
  collect(change.after, change.after_sensitive, found);
}

function collect(value: Json | undefined, mark: Json | undefined, found: Set<string>): void {
  if (typeof value === 'string') {
    if (mark === true && value.length >= SHORTEST) found.add(value);
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      collect(item, mark === true ? true : member(mark, index), found);
    }
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      collect(item, mark === true ? true : member(mark, key), found);
    }
  }
}
