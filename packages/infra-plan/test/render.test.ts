import { fitSections } from '@fairway/action-kit';
import { describe, expect, it } from 'vitest';
import { judge } from '../src/gate.js';
import { lineDiff } from '../src/line-diff.js';
import { redactTerraformPlan } from '../src/redact.js';
import { renderPlan } from '../src/render.js';
import { readTerraformPlan } from '../src/terraform.js';
import { figures } from '../src/words.js';
import { changeOf, planOf } from './plan.js';

function render(document: ReturnType<typeof planOf>, bytes = 65_000) {
  const plan = readTerraformPlan(document);
  const violations = judge(plan, { protect: [], allowDestroy: false });
  return fitSections(renderPlan(plan, { title: 'infra', violations }), bytes);
}

describe('a rendered plan', () => {
  it('shows the worst first, with what forces it', () => {
    const { text } = render(
      planOf([
        changeOf('acme.new', ['create'], { after: { size: 1 } }),
        changeOf('acme.old', ['delete', 'create'], {
          before: { size: 1 },
          after: { size: 2 },
          replace_paths: [['size']],
          reason: 'replace_because_cannot_update',
        }),
      ]),
    );
    expect(text).toContain('1 to create, 0 to change, 1 to replace, 0 to delete');
    expect(text.indexOf('acme.old')).toBeLessThan(text.indexOf('acme.new'));
    expect(text).toContain('it cannot be changed in place; because of `size`');
    expect(text).toContain('- size = 1  # forces replacement\n+ size = 2  # forces replacement');
    expect(text).toContain('Blocked');
  });

  it('names what a new thing gets from its maker, in one line', () => {
    const change = { after: { size: 1 }, after_unknown: { id: true, arn: true } };
    const { text } = render(planOf([changeOf('acme.new', ['create'], change)]));
    expect(text).toContain('+ size = 1\n  known after apply: arn, id\n');
  });

  it('shows a text of several lines by what differs in it', () => {
    const yaml = (replicas: number) => `kind: A\nspec:\n  a: 1\n  b: 2\n  replicas: ${replicas}\n  c: 3\n`;
    const { text } = render(
      planOf([changeOf('k.a', ['update'], { before: { yaml: yaml(1) }, after: { yaml: yaml(2) } })]),
    );
    expect(text).toContain('-   replicas: 1\n+   replicas: 2');
    expect(text).not.toContain('kind: A');
  });

  it('cannot be made to say something else by names and values', () => {
    const hostile = 'x` </details> @everyone [a](https://evil.example) | ```\n::set-env name=X::y';
    const { text } = render(
      planOf([changeOf(hostile, ['update'], { before: { [hostile]: hostile }, after: { [hostile]: 'z' } })]),
    );
    // Outside of fences, each longer than any run of back-ticks inside it, nothing is a link, a mention or HTML.
    const outside = text.replace(/^(`{3,})[\s\S]*?\n\1$/gm, '');
    expect(outside).not.toContain('https://evil.example');
    expect(outside).not.toContain('@everyone');
    expect(outside.match(/<\/details>/g)).toHaveLength(1);
  });

  it('fits a comment by leaving out what needs least review', () => {
    const big = 'v'.repeat(150);
    const changes = [
      ...Array.from({ length: 900 }, (_, i) =>
        changeOf(`acme.new[${i}]`, ['create'], { after: { a: big, b: big } }),
      ),
      changeOf('acme.precious', ['delete'], { before: { name: 'the database' } }),
    ];
    const { text, dropped } = render(planOf(changes));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_000);
    expect(text).toContain('the database');
    expect(dropped.every((title) => title.startsWith('details of what is to create'))).toBe(true);
    expect(text).toContain('and 701 more');
  });
});

it('says in one line what a plan does', () => {
  expect(figures(readTerraformPlan(planOf([])))).toMatch(/^No changes/);
  expect(figures(readTerraformPlan(planOf([changeOf('a.a', ['forget'])])))).toContain(', 1 to forget');
});

describe('line diff', () => {
  it.each([
    ['a\nb\nc', 'a\nx\nc', ['  a', '- b', '+ x', '  c']],
    ['a', 'a\nb', ['  a', '+ b']],
    ['1\n2\n3\n4\n5\n6', '1\n2\n3\n4\n5\n7', ['  …', '  4', '  5', '- 6', '+ 7']],
  ])('%j → %j', (before, after, expected) => expect(lineDiff(before, after)).toEqual(expected));

  it('declines what is too long', () => expect(lineDiff('a\n'.repeat(700), 'b')).toBeUndefined());
});

describe('the redacted plan', () => {
  const document = planOf(
    [
      changeOf('acme.a', ['update'], {
        before: { copy: 'a SECRET in it', p: 'SECRET', q: [{ r: 'SECRET', s: 1 }] },
        after: { p: 'SECRET', q: [{ r: 'SECRET', s: 2 }] },
        before_sensitive: { p: true, q: [{ r: true }] },
        after_sensitive: { p: true, q: [{ r: true }] },
      }),
    ],
    {
      output_changes: { o: { actions: ['create'], before: null, after: 'SECRET', after_sensitive: true } },
      variables: { v: { value: 'SECRET' }, w: { value: 'seen' } },
      configuration: { root_module: { variables: { v: { sensitive: true, default: 'SECRET' }, w: {} } } },
      prior_state: { values: { outputs: { o: { value: 'SECRET' } } } },
      planned_values: {
        outputs: { o: { sensitive: true, value: 'SECRET' } },
        root_module: {
          child_modules: [{ resources: [{ values: { p: 'SECRET' }, sensitive_values: { p: true } }] }],
        },
      },
      deferred_changes: [{ resource_change: { change: { after: 'SECRET' } } }],
    },
  );

  it('keeps the shape and loses the secrets', () => {
    const text = JSON.stringify(redactTerraformPlan(document));
    expect(text).not.toContain('SECRET');
    expect(text).toContain('"s":2');
    expect(text).toContain('"seen"');
    expect(text).toContain('"r":"(sensitive)"');
  });
});

it('shows the actions that are run, and takes them for a change', () => {
  const plan = readTerraformPlan(
    planOf([], {
      action_invocations: [
        {
          address: 'action.acme_call.wipe',
          lifecycle_action_trigger: {
            triggering_resource_address: 'acme.a',
            action_trigger_event: 'AfterCreate',
          },
        },
      ],
    }),
  );
  expect(figures(plan)).toContain('actions: 1 to run');
  const { text } = fitSections(renderPlan(plan, { title: 'infra', commit: 'c'.repeat(40) }), 65_000);
  expect(text).toContain('`action.acme_call.wipe` | AfterCreate `acme.a`');
  expect(text).toContain(`commit \`${'c'.repeat(12)}\``);
});
