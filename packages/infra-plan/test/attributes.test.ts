import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeChanges, type MarkedChange, pathText } from '../src/attributes.js';

function change(part: Partial<MarkedChange>): MarkedChange {
  return {
    before: undefined,
    after: undefined,
    afterUnknown: undefined,
    beforeSensitive: undefined,
    afterSensitive: undefined,
    ...part,
  };
}

const brief = (part: Partial<MarkedChange>, paths: (string | number)[][] = []) =>
  attributeChanges(change(part), paths).map(({ path, before, after, forcesReplacement }) => [
    path,
    before.kind === 'value' ? before.text : before.kind,
    after.kind === 'value' ? after.text : after.kind,
    forcesReplacement,
  ]);

describe('leaves that differ', () => {
  it.each<[string, Partial<MarkedChange>, unknown[]]>([
    ['a scalar', { before: { a: 1, b: 2 }, after: { a: 1, b: 3 } }, [['b', '2', '3', false]]],
    ['nested', { before: { t: { k: 'x' } }, after: { t: { k: 'y' } } }, [['t.k', 'x', 'y', false]]],
    [
      'in a list',
      { before: { l: [1, 2] }, after: { l: [1, 3, 4] } },
      [
        ['l[1]', '2', '3', false],
        ['l[2]', 'absent', '4', false],
      ],
    ],
    ['a key with dots', { before: {}, after: { l: { 'a.b/c': 1 } } }, [['l["a.b/c"]', 'absent', '1', false]]],
    ['null is absent', { before: { a: null }, after: {} }, []],
    ['unknown', { before: { a: 1 }, after: {}, afterUnknown: { a: true } }, [['a', '1', 'unknown', false]]],
    [
      'unknown within',
      { before: { a: { b: 1 } }, after: { a: {} }, afterUnknown: { a: { b: true } } },
      [['a.b', '1', 'unknown', false]],
    ],
    ['from scalar to object', { before: { a: 1 }, after: { a: { b: 2 } } }, [['a', '1', '{"b":2}', false]]],
    [
      'keys of the prototype',
      { before: {}, after: JSON.parse('{"constructor":"x","__proto__":"y"}') },
      [
        ['__proto__', 'absent', 'y', false],
        ['constructor', 'absent', 'x', false],
      ],
    ],
  ])('%s', (_, part, expected) => expect(brief(part)).toEqual(expected));

  it('says what forces a replacement, for what is below it too', () => {
    const part = { before: { a: { b: 1 }, c: 1 }, after: { a: { b: 2 }, c: 2 } };
    expect(brief(part, [['a']])).toEqual([
      ['a.b', '1', '2', true],
      ['c', '1', '2', false],
    ]);
  });
});

describe('secrets', () => {
  it.each<[string, Partial<MarkedChange>]>([
    ['after', { before: { p: 'old-secret' }, after: { p: 'new-secret' }, afterSensitive: { p: true } }],
    [
      'before only',
      { before: { p: 'old-secret' }, after: { p: 'new-secret' }, beforeSensitive: { p: true } },
    ],
    ['the whole', { before: { p: 'old-secret' }, after: { p: 'new-secret' }, afterSensitive: true }],
    ['below a leaf', { before: { p: 'x' }, after: { p: ['new-secret'] }, afterSensitive: { p: [true] } }],
    [
      'becoming unknown',
      { before: { p: 'old-secret' }, after: {}, afterUnknown: { p: true }, beforeSensitive: { p: true } },
    ],
  ])('marked %s are never text', (_, part) => {
    expect(JSON.stringify(attributeChanges(change(part)))).not.toContain('secret"');
  });

  it('no sensitive text gets out, wherever it sits', () => {
    const marked = fc.letrec<{ node: { value: unknown; mark: unknown } }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        fc.constant({ value: 'SECRET', mark: true }),
        fc.string().map((value) => ({ value: value.replaceAll('SECRET', ''), mark: false })),
        fc.array(tie('node'), { maxLength: 3 }).map((nodes) => ({
          value: nodes.map((node) => node.value),
          mark: nodes.map((node) => node.mark),
        })),
        fc.dictionary(fc.constantFrom('a', 'b', 'c.d'), tie('node')).map((nodes) => ({
          value: Object.fromEntries(Object.entries(nodes).map(([key, node]) => [key, node.value])),
          mark: Object.fromEntries(Object.entries(nodes).map(([key, node]) => [key, node.mark])),
        })),
      ),
    })).node;
    fc.assert(
      fc.property(marked, marked, (before, after) => {
        const part = JSON.parse(
          JSON.stringify({
            before: before.value,
            after: after.value,
            beforeSensitive: before.mark,
            afterSensitive: after.mark,
          }),
        );
        expect(JSON.stringify(attributeChanges(change(part)))).not.toContain('SECRET');
      }),
    );
  });
});

it('writes paths as the configuration does', () => {
  expect(pathText(['rule', 0, 'port'])).toBe('rule[0].port');
  expect(pathText(['labels', 'app.kubernetes.io/name'])).toBe('labels["app.kubernetes.io/name"]');
});
