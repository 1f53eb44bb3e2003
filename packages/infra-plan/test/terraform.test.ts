import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasChanges, totals } from '../src/change.js';
import { readTerraformPlan } from '../src/terraform.js';
import { changeOf, planOf } from './plan.js';

describe('kinds of change', () => {
  it.each([
    [['create'], 'create'],
    [['update'], 'update'],
    [['delete'], 'delete'],
    [['delete', 'create'], 'replace'],
    [['create', 'delete'], 'replace'],
    [['read'], 'read'],
    [['forget'], 'forget'],
    [['create', 'forget'], 'forget'],
    // What a later version may invent is treated as the worst.
    [['vaporise'], 'delete'],
    [[], 'delete'],
  ])('%j is %s', (actions, kind) => {
    const plan = readTerraformPlan(planOf([changeOf('acme.a', actions)]));
    expect(plan.changes.map((change) => change.kind)).toEqual([kind]);
  });

  it('tells a move and an import from nothing at all', () => {
    const moved = { ...changeOf('acme.new', ['no-op']), previous_address: 'acme.old' };
    const imported = changeOf('acme.i', ['no-op'], { importing: { id: 'i-1' } });
    const plan = readTerraformPlan(planOf([changeOf('acme.same', ['no-op']), moved, imported]));
    expect(plan.changes.map(({ address, kind }) => [address, kind])).toEqual([
      ['acme.new', 'move'],
      ['acme.i', 'import'],
    ]);
    expect(hasChanges(plan)).toBe(true);
  });

  it('names a deposed object apart from the current one', () => {
    const deposed = { ...changeOf('acme.a', ['delete']), deposed: 'byebye' };
    expect(readTerraformPlan(planOf([deposed])).changes).toMatchObject([
      { address: 'acme.a', deposed: 'byebye' },
    ]);
  });
});

it('counts, and says whether anything changes', () => {
  const plan = readTerraformPlan(
    planOf([
      changeOf('a.a', ['create']),
      changeOf('a.b', ['create']),
      changeOf('a.c', ['update']),
      changeOf('a.d', ['delete', 'create']),
      changeOf('a.e', ['delete']),
      changeOf('a.f', ['read']),
      changeOf('a.g', ['no-op']),
    ]),
  );
  expect(totals(plan)).toEqual({ add: 2, change: 1, replace: 1, delete: 1 });
  expect(hasChanges(plan)).toBe(true);
  expect(hasChanges(readTerraformPlan(planOf([changeOf('a.f', ['read'])])))).toBe(false);
});

it('takes a changed output for a change', () => {
  const output = { actions: ['update'], before: 'a', after: 'b', after_unknown: false };
  const plan = readTerraformPlan(planOf([], { output_changes: { url: output } }));
  expect(hasChanges(plan)).toBe(true);
  expect(plan.outputs).toMatchObject([
    { name: 'url', kind: 'update', before: { text: 'a' }, after: { text: 'b' } },
  ]);
});

describe('refusals', () => {
  it.each([
    ['another format', { format_version: '2.0' }],
    ['no format', {}],
    ['a state', { values: {} }],
    ['a list', []],
    ['a plan that failed', planOf([], { errored: true })],
  ])('%s is no plan', (_, document) => {
    expect(() => readTerraformPlan(document)).toThrow(expect.objectContaining({ code: 'bad-plan' }));
  });

  it('any JSON is read or refused, never a crash', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (list, outputs) => {
        const document = JSON.parse(
          JSON.stringify({ format_version: '1.2', resource_changes: list, output_changes: outputs }),
        );
        expect(readTerraformPlan(document).fingerprint).toMatch(/^[0-9a-f]{64}$/);
      }),
      { numRuns: 20 },
    );
  });
});
