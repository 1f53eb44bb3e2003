import fc from 'fast-check';
import { expect, it } from 'vitest';
import { redactTerraformPlan } from '../src/redact.js';
import { secretsOf } from '../src/secrets.js';
import { readTerraformPlan } from '../src/terraform.js';
import { changeOf, planOf } from './plan.js';

const document = planOf(
  [
    changeOf('acme.a', ['update'], {
      before: { input: { pw: 'hunter2"hunter2' }, output: { pw: 'hunter2"hunter2', size: 1 }, state: 'on' },
      after: { input: { pw: 'hunter2"hunter2' }, state: 'on' },
      after_unknown: { output: true },
      before_sensitive: { input: { pw: true }, output: {}, state: true },
      after_sensitive: { input: { pw: true }, output: {} },
    }),
  ],
  {
    variables: { key: { value: ['from-a-variable'] } },
    configuration: { root_module: { variables: { key: { sensitive: true } } } },
  },
);

it('hides a secret that a provider copied to where nothing marks it', () => {
  const [change] = readTerraformPlan(document).changes;
  expect(change?.attributes).toMatchObject([{ path: 'output', before: { kind: 'sensitive' } }]);
});

it('hides what the caller knows for a secret, wherever it stands and however it is written', () => {
  const known = ['s3cr"et-value'];
  const input = { dsn: 'db://u:s3cr"et-value@h', nested: { list: ['{"p":"s3cr\\"et-value"}'] }, size: 1 };
  const plan = planOf([changeOf('acme.a', ['create'], { after: input })], {
    variables: { dsn: { value: 's3cr"et-value' } },
    output_changes: { dsn: { actions: ['create'], before: null, after: 's3cr"et-value' } },
    planned_values: { outputs: { dsn: { sensitive: false, value: 's3cr"et-value' } }, root_module: {} },
  });
  const read = readTerraformPlan(plan, 'Terraform', known);
  expect(read.changes[0]?.attributes).toMatchObject([
    { path: 'dsn', after: { kind: 'sensitive' } },
    { path: 'nested.list[0]', after: { kind: 'sensitive' } },
    { path: 'size', after: { kind: 'value', text: '1' } },
  ]);
  expect(read.outputs).toMatchObject([{ after: { kind: 'sensitive' } }]);
  expect(JSON.stringify(redactTerraformPlan(plan, known))).not.toContain('et-value');
});

it('keeps of a plan for policy tools only what it knows, and hides known secrets in that', () => {
  const change = {
    after: { size: 1 },
    importing: { id: 's3cr"et-value' },
    generated_config: 'resource "a" "b" { dsn = "s3cr\\"et-value" }',
    after_of_tomorrow: 'unmarked value',
  };
  const item = { ...changeOf('acme.a', ['create'], change), of_tomorrow: 'unmarked value' };
  const plan = planOf([item], {
    checks: [{ status: 'fail', problem: 'it was s3cr"et-value' }],
    planned_values: {
      root_module: { resources: [{ address: 'acme.a', values: { size: 1 }, of_tomorrow: 'unmarked value' }] },
    },
  });
  const redacted = redactTerraformPlan(plan, ['s3cr"et-value']);
  expect(JSON.stringify(redacted)).not.toMatch(/et-value|unmarked/);
  expect(redacted).toMatchObject({
    resource_changes: [{ address: 'acme.a', change: { actions: ['create'], after: { size: 1 } } }],
    planned_values: { root_module: { resources: [{ address: 'acme.a', values: { size: 1 } }] } },
  });
});

it.each([
  ['its own text', 'hunter2"hunter2', true],
  ['within JSON', '{"pw":"hunter2\\"hunter2"}', true],
  ['a sensitive variable', 'x from-a-variable y', true],
  ['a short word that is marked', 'come on', false],
  ['anything else', 'hunter3', false],
])('%s', (_, text, expected) => expect(secretsOf(document)(text)).toBe(expected));

it('finds what a search for each would find', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 6, maxLength: 9 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
  fc.assert(
    fc.property(fc.array(word, { maxLength: 4 }), text, (words, where) => {
      const variables = { v: { value: words } };
      const configuration = { root_module: { variables: { v: { sensitive: true } } } };
      const found = secretsOf(planOf([], { variables, configuration }))(where);
      expect(found).toBe(words.some((each) => where.includes(each)));
    }),
    { numRuns: 500 },
  );
});
