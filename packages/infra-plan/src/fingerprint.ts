import { scryptSync } from 'node:crypto';
import { asList, asObject, asText, canonical, type Json, type JsonObject } from './json.js';

/**
 * A hash of what a Terraform plan says it would do: equal for two plans of the same change, whenever and wherever they were
 * made; different as soon as one value, also a hidden one, differs. Left out are the time, versions of the tool, the
 * order of the list, and what stays as it is. Not in a plan, and so not in here, is what provisioners run: that is code,
 * the same as long as the commit is.
 *
 * It is published while some of what goes in is secret, so it is stretched: whoever would guess a short password by
 * trying has to pay for scrypt at each guess. 64 hexadecimal digits.
 */
export function fingerprint(plan: JsonObject): string {
  const changes = asList(plan.resource_changes)
    .map((item) => essence(asObject(item)))
    .filter((item) => item !== undefined)
    .map((item) => canonical(item))
    .sort();
  const outputs = Object.entries(asObject(plan.output_changes))
    .filter(([, change]) => !isNoOp(asObject(change)))
    .map(([name, change]) => canonical([name, change]))
    .sort();
  // Actions that are run beside the changes, and changes that wait for a later plan (both since Terraform 1.14, 1.10).
  const beside = [...asList(plan.action_invocations), ...asList(plan.deferred_changes)].map(canonical).sort();
  const text = canonical({ version: 1, changes, outputs, ...(beside.length > 0 && { beside }) });
  return scryptSync(text, 'fairway plan fingerprint', 32, { N: 2 ** 14, r: 8, p: 1 }).toString('hex');
}

function essence(item: JsonObject): Json | undefined {
  const change = asObject(item.change);
  const previous = asText(item.previous_address);
  if (isNoOp(change) && change.importing === undefined && previous === '') return undefined;
  return [
    asText(item.address),
    asText(item.deposed),
    previous,
    asText(item.provider_name),
    {
      actions: change.actions ?? null,
      before: change.before ?? null,
      after: change.after ?? null,
      unknown: change.after_unknown ?? null,
      importing: change.importing ?? null,
    },
  ];
}

function isNoOp(change: JsonObject): boolean {
  return asList(change.actions).map(asText).join(',') === 'no-op';
}
