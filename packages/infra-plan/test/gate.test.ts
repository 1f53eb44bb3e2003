import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InfraPlan } from '../src/change.js';
import { judge, matches } from '../src/gate.js';
import { readTerraformPlan } from '../src/terraform.js';
import { changeOf, planOf } from './plan.js';

const KINDS = {
  create: ['create'],
  update: ['update'],
  replace: ['delete', 'create'],
  delete: ['delete'],
  forget: ['forget'],
};

function plan(kind: keyof typeof KINDS, address = 'acme_db.main'): InfraPlan {
  return readTerraformPlan(planOf([changeOf(address, KINDS[kind])]));
}

describe('the gate', () => {
  it.each<[keyof typeof KINDS, string[], boolean, boolean]>([
    // kind, protect, allowDestroy → passes
    ['create', [], false, true],
    ['create', ['*'], false, true],
    ['update', ['*'], false, true],
    ['delete', [], false, false],
    ['replace', [], false, false],
    ['delete', [], true, true],
    ['replace', [], true, true],
    ['delete', ['acme_db.*'], true, false],
    ['replace', ['acme_db.main'], true, false],
    ['delete', ['acme_bucket.*'], true, true],
    ['forget', [], false, true],
    ['forget', ['*'], true, false],
  ])('%s with protect %j, allow-destroy %j passes: %j', (kind, protect, allowDestroy, passes) => {
    expect(judge(plan(kind), { protect, allowDestroy }).length === 0).toBe(passes);
  });

  it('guards a thing under its old name after a move', () => {
    const moved = { ...changeOf('acme_db.new', ['delete', 'create']), previous_address: 'acme_db.old' };
    const violations = judge(readTerraformPlan(planOf([moved])), {
      protect: ['acme_db.old'],
      allowDestroy: true,
    });
    expect(violations).toMatchObject([{ protectedBy: 'acme_db.old' }]);
  });
});

describe('patterns', () => {
  it.each([
    ['*', 'anything.at["all"]', true],
    ['a.b', 'a.b', true],
    ['a.b', 'a.bb', false],
    ['a.*', 'a.b', true],
    ['a.*', 'aa.b', false],
    ['*.db', 'module.x.db', true],
    ['module.*.acme_db.*', 'module.a["x.y"].module.b.acme_db.main[0]', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['a*b*c', 'abc', true],
    ['a*b*b', 'ab', false],
    ['**', '', true],
    ['a.[b]', 'a.b', false],
    ['', 'a', false],
  ])('%s on %s: %s', (pattern, address, expected) => expect(matches(pattern, address)).toBe(expected));

  it('agrees with the same pattern as a regular expression', () => {
    const word = fc
      .array(fc.constantFrom('a', 'b', '.', '*'), { maxLength: 8 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(word, word, (pattern, text) => {
        const regex = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
        expect(matches(pattern, text)).toBe(regex.test(text));
      }),
      { numRuns: 500 },
    );
  });

  it('cannot be made to hang', () => {
    expect(matches(`${'a*'.repeat(5000)}b`, 'a'.repeat(100_000))).toBe(false);
  });
});
