import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastValues, parseFileCommands } from '../src/runner/file-command.js';

const parsed = (text: string) => parseFileCommands(text).map(({ name, value }) => [name, value]);

describe('parseFileCommands', () => {
  it.each([
    ['nothing', '', []],
    ['a pair', 'a=1\n', [['a', '1']]],
    ['a last line without newline', 'a=1', [['a', '1']]],
    ['an equals sign in the value', 'a=b=c\n', [['a', 'b=c']]],
    ['an empty value', 'a=\n', [['a', '']]],
    [
      'blank lines between',
      '\n\na=1\n\nb=2\n',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    ['a heredoc', 'a<<EOF\none\ntwo\nEOF\n', [['a', 'one\ntwo']]],
    ['an empty heredoc', 'a<<EOF\nEOF\n', [['a', '']]],
    ['a heredoc of one empty line', 'a<<EOF\n\nEOF\n', [['a', '']]],
    ['a heredoc of two empty lines', 'a<<EOF\n\n\nEOF\n', [['a', '\n']]],
    ['a heredoc that ends the file', 'a<<EOF\nx\nEOF', [['a', 'x']]],
    ['a delimiter inside a longer line', 'a<<E\nE \n E\nxE\nE\n', [['a', 'E \n E\nxE']]],
    ['pairs inside a heredoc', 'a<<E\nb=2\nc<<D\nE\n', [['a', 'b=2\nc<<D']]],
    ['<< behind the equals sign', 'a=1<<E\n', [['a', '1<<E']]],
    ['= behind <<, as part of the delimiter', 'a<<E=F\nx\nE=F\n', [['a', 'x']]],
    [
      'a carriage return as data on Linux',
      'a=1\r\nb<<E\nx\r\nE\n',
      [
        ['a', '1\r'],
        ['b', 'x\r'],
      ],
    ],
    ['a name with blanks', 'a b = c\n', [['a b ', ' c']]],
  ])('reads %s', (_, text, expected) => {
    expect(parsed(text)).toEqual(expected);
  });

  it.each([
    ['a line that is neither', 'just words\n', /Invalid format 'just words'/],
    ['an empty name', '=value\n', /Name must not be empty/],
    ['an empty heredoc name', '<<EOF\nx\nEOF\n', /Name must not be empty and delimiter must not be empty/],
    ['an empty delimiter', 'a<<\nx\n', /delimiter must not be empty/],
    ['a heredoc without end', 'a<<EOF\nx\n', /Matching delimiter not found 'EOF'/],
    ['a delimiter with a trailing carriage return', 'a<<EOF\nx\nEOF\r\n', /Matching delimiter not found/],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseFileCommands(text)).toThrow(message);
  });

  it('gives back any value written with a delimiter that no line of it equals', () => {
    const names = fc.string({ minLength: 1 }).filter((name) => !/[\n=]|<</.test(name) && !name.endsWith('<'));
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.string({ unit: 'binary' }))), (pairs) => {
        const text = pairs
          .map(([name, value]) => `${name}<<ghadelimiter_1\n${value}\nghadelimiter_1\n`)
          .join('');
        fc.pre(pairs.every(([, value]) => !value.split('\n').includes('ghadelimiter_1')));
        expect(parsed(text)).toEqual(pairs);
      }),
    );
  });

  it('reads or refuses every text, and never loses a plain pair before the fault', () => {
    const line = fc.constantFrom('a=1', 'b<<E', 'E', '', 'x', '=', '<<', 'c<<E=E', '\r');
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const text = lines.join('\n');
        try {
          for (const { name } of parseFileCommands(text)) expect(name).not.toBe('');
        } catch (error) {
          expect(String(error)).toMatch(/Invalid (?:format|value)/);
        }
      }),
    );
  });
});

describe('lastValues', () => {
  it('lets a later entry win and keeps a hostile name harmless', () => {
    const values = lastValues(parseFileCommands('a=1\na=2\n__proto__=x\n'));
    expect(values.a).toBe('2');
    expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});
