import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../src/json.js';
import { readTerraformPlan } from '../src/terraform.js';
import { changeOf, planOf } from './plan.js';

const print = (document: JsonObject) => readTerraformPlan(document).fingerprint;
const a = changeOf('acme.a', ['update'], { before: { x: 1, y: [1, 2] }, after: { x: 2, y: [1, 2] } });
const b = changeOf('acme.b', ['create'], { after: { password: 'one' }, after_sensitive: { password: true } });
const invocation = {
  address: 'action.acme_call.wipe',
  config_values: { payload: 'x' },
  lifecycle_action_trigger: { triggering_resource_address: 'acme.a', action_trigger_event: 'AfterUpdate' },
};
const reviewed = print(planOf([a, b]));

describe('stays the same', () => {
  it.each([
    ['in another order', planOf([b, a])],
    ['at another time', planOf([a, b], { timestamp: '2027-01-01T00:00:00Z' })],
    ['by a patched tool', planOf([a, b], { terraform_version: '1.11.5' })],
    ['with more that stays as it is', planOf([a, b, changeOf('acme.c', ['no-op'])])],
    [
      'with keys in another order',
      planOf([
        changeOf('acme.a', ['update'], { before: { y: [1, 2], x: 1 }, after: { y: [1, 2], x: 2 } }),
        b,
      ]),
    ],
  ])('%s', (_, document) => expect(print(document)).toBe(reviewed));
});

describe('differs', () => {
  it.each<[string, JsonObject]>([
    ['without one change', planOf([a])],
    ['with one more', planOf([a, b, changeOf('acme.c', ['delete'])])],
    ['at another address', planOf([{ ...a, address: 'acme.aa' }, b])],
    ['with another provider', planOf([{ ...a, provider_name: 'example.org/evil/acme' }, b])],
    [
      'with another hidden value',
      planOf([
        a,
        changeOf('acme.b', ['create'], { after: { password: 'two' }, after_sensitive: { password: true } }),
      ]),
    ],
    [
      'from another start',
      planOf([
        changeOf('acme.a', ['update'], { before: { x: 0, y: [1, 2] }, after: { x: 2, y: [1, 2] } }),
        b,
      ]),
    ],
    [
      'with a list in another order',
      planOf([
        changeOf('acme.a', ['update'], { before: { x: 1, y: [1, 2] }, after: { x: 2, y: [2, 1] } }),
        b,
      ]),
    ],
    [
      'with another output',
      planOf([a, b], { output_changes: { o: { actions: ['create'], before: null, after: 1 } } }),
    ],
    ['with an action that is run', planOf([a, b], { action_invocations: [invocation] })],
    [
      'with a change that waits',
      planOf([a, b], { deferred_changes: [{ reason: 'unknown', resource_change: a }] }),
    ],
    ['moved from elsewhere', planOf([{ ...a, previous_address: 'acme.z' }, b])],
  ])('%s', (_, document) => expect(print(document)).not.toBe(reviewed));
});
