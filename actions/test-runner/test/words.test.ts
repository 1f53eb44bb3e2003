import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitWords } from '../src/words.ts';

describe('a command line without a shell', () => {
  test.for([
    ['npm ci', ['npm', 'ci']],
    ['  pip   install -r requirements.txt ', ['pip', 'install', '-r', 'requirements.txt']],
    [`make "two words" 'and $HOME' a\\ b`, ['make', 'two words', 'and $HOME', 'a b']],
    [`x "" ''`, ['x', '', '']],
    [`a"b"'c'd`, ['abcd']],
    [`say "a \\"quoted\\" word; still one"`, ['say', 'a "quoted" word; still one']],
    ['', []],
  ] as const)('%j', ([line, words]) => {
    expect(splitWords('command', line)).toEqual(words);
  });

  test.for(['a && b', 'a | b', 'a > f', 'a; b', 'echo $(id)', 'echo `id`', 'a "open'])(
    '%j is refused',
    (line) => {
      expect(() => splitWords('command', line)).toThrow(expect.objectContaining({ code: 'bad-input' }));
    },
  );

  test('any words, quoted, come back', () => {
    fc.assert(
      fc.property(fc.array(fc.string().filter((word) => !word.includes("'"))), (words) => {
        const line = words.map((word) => `'${word}'`).join(' ');
        expect(splitWords('command', line)).toEqual(words);
      }),
    );
  });
});
