import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, list, number, string, tree } from '../src/tree.ts';

describe('reading what others wrote', () => {
  it('gives what has the right type as it is', () => {
    const value = { a: { b: [1, 'two'] }, n: 3 };
    expect(tree(value)).toBe(value);
    expect(list(at(value, 'a', 'b'))).toEqual([1, 'two']);
    expect(string('two')).toBe('two');
    expect(number(at(value, 'n'))).toBe(3);
  });
  it('takes a list for no object, and null for nothing', () => {
    expect(tree([1])).toEqual({});
    expect(tree(null)).toEqual({});
    expect(at({ a: ['x'] }, 'a', '0')).toBeUndefined();
    expect(at({ a: null }, 'a', 'b')).toBeUndefined();
    expect(number('3', 7)).toBe(7);
  });
  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), fc.array(fc.string()), (value, path) => {
        expect(typeof string(value)).toBe('string');
        expect(typeof number(value)).toBe('number');
        expect(Array.isArray(list(value))).toBe(true);
        expect(Array.isArray(tree(value))).toBe(false);
        at(value, ...path);
      }),
    );
  });
});
