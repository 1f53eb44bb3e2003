import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { duration, flag, integer, lines, oneOf, pairs, secret, text } from '../src/index.ts';
import { commandsIn, give, printed, thrownBy } from './runner.ts';

afterEach(() => vi.unstubAllEnvs());

/** Reads the input 'x' that holds `value`. */
function reading<T>(value: string, read: (name: string) => T): T {
  give({ x: value });
  return read('x');
}

const refused = (part: string) =>
  expect.objectContaining({ code: 'bad-input', message: expect.stringContaining(part) });

describe('text', () => {
  it.each([
    ['  kept  ', {}, 'kept'],
    ['', { default: 'fallback' }, 'fallback'],
    ['   ', { default: 'fallback' }, 'fallback'],
    ['given', { default: 'fallback' }, 'given'],
    ['', {}, ''],
  ])('reads %j with %j as %j', (value, options, expected) =>
    expect(reading(value, (name) => text(name, options))).toBe(expected),
  );

  it('names a required input that is empty, and how to give it', () => {
    expect(thrownBy(() => text('Two Words', { required: true }))).toMatchObject({
      code: 'bad-input',
      message: "The input 'Two Words' is required, and it is empty.",
      remedy: expect.stringContaining("'Two Words: …' under 'with:'"),
    });
  });
});

it('reads lines without blanks and comments', () => {
  expect(reading(' a \r\n\n# no\n  # no\nb # yes\n', lines)).toEqual(['a', 'b # yes']);
  expect(lines('never given')).toEqual([]);
});

describe('flag', () => {
  it.each([
    ['true', false, true],
    ['True', false, true],
    ['FALSE', true, false],
    ['', true, true],
    ['', false, false],
  ])('reads %j (else %s) as %s', (value, fallback, expected) =>
    expect(reading(value, (name) => flag(name, fallback))).toBe(expected),
  );

  it.each(['yes', '1', 'on', 'truee', 'null'])('refuses %j', (value) =>
    expect(thrownBy(() => reading(value, flag))).toEqual(refused(`'${value}'; it must be 'true' or 'false'`)),
  );
});

describe('integer', () => {
  it('reads every whole number within its bounds, and none beyond', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), fc.maxSafeInteger(), (number, one, other) => {
        const [min, max] = [Math.min(one, other), Math.max(one, other)];
        const read = () => reading(String(number), (name) => integer(name, { min, max }));
        if (number >= min && number <= max) expect(read()).toBe(number + 0);
        else expect(thrownBy(read)).toEqual(refused(`from ${min} up to ${max}`));
      }),
    );
  });

  it.each(['', '1.5', '1e3', '0x10', '٣', '1 2', '--1', 'ten', '9007199254740993', 'Infinity'])(
    'refuses %j',
    (value) => expect(thrownBy(() => reading(value, integer))).toEqual(refused('a whole number')),
  );

  it('takes the default only where nothing is given', () => {
    expect(reading('', (name) => integer(name, { default: 3, min: 5 }))).toBe(3);
    expect(reading('-0', integer)).toBe(0);
    expect(reading('+7', (name) => integer(name, { default: 3 }))).toBe(7);
  });
});

describe('duration', () => {
  it('adds the terms up', () => {
    const term = fc.option(fc.nat({ max: 99 }), { nil: undefined });
    fc.assert(
      fc.property(term, term, term, term, (hours, minutes, seconds, rest) => {
        const written = [
          [hours, 'h'],
          [minutes, 'm'],
          [seconds, 's'],
          [rest, 'ms'],
        ]
          .filter(([count]) => count !== undefined)
          .map((parts) => parts.join(''))
          .join('');
        fc.pre(written !== '');
        const expected = (((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000 + (rest ?? 0);
        expect(reading(written, duration)).toBe(expected);
      }),
    );
  });

  it.each([
    '',
    '30',
    '5 m',
    '1.5h',
    '1d',
    '-5m',
    '5m1h',
    '5m5m',
    'm',
    '5M',
    '1h30',
    '577h',
    `${'9'.repeat(400)}s`,
  ])('refuses %j', (value) =>
    expect(thrownBy(() => reading(value, duration))).toEqual(refused('a duration with its unit')),
  );

  it('accepts nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('1', '0', 'm', 's', 'h', ' ', '.', '-') }), (value) => {
        give({ x: value });
        try {
          expect(duration('x')).toBeGreaterThanOrEqual(0);
          expect(value.trim()).toMatch(/^(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/);
        } catch (error) {
          expect(error).toEqual(refused('a duration'));
        }
      }),
    );
  });

  it('reads its default', () => expect(duration('never given', { default: '1h30m' })).toBe(5_400_000));

  it('is never longer than a timer holds', () => {
    expect(reading('576h', duration)).toBeLessThan(2 ** 31);
    expect(thrownBy(() => reading('597h', duration))).toEqual(refused('at most 576h'));
  });
});

describe('oneOf', () => {
  it.each(['red', 'blue'])('reads %s', (value) =>
    expect(reading(value, (name) => oneOf(name, ['red', 'blue']))).toBe(value),
  );
  it.each(['Red', 'green', '', 'red blue'])('refuses %j', (value) =>
    expect(thrownBy(() => reading(value, (name) => oneOf(name, ['red', 'blue'])))).toEqual(
      refused("it must be one of 'red', 'blue'"),
    ),
  );
  it('takes the default', () =>
    expect(oneOf('never given', ['red', 'blue'], { default: 'blue' })).toBe('blue'));
});

it('shortens what it quotes', () => {
  const thrown = thrownBy(() => reading('z'.repeat(5000), flag));
  expect((thrown as Error).message.length).toBeLessThan(300);
});

describe('pairs', () => {
  it('keeps every value to the letter, the last of a key', () => {
    const key = fc.stringMatching(/^[A-Z_]\w{0,8}$/);
    const value = fc.string({ unit: 'grapheme-ascii' }).filter((one) => one === one.trim());
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value)), (given) => {
        const read = reading(given.map((pair) => pair.join('=')).join('\n'), pairs);
        expect(read).toEqual(new Map(given));
      }),
    );
  });

  it('refuses a line without a key, and does not quote it: it may be the rest of a secret', () => {
    const thrown = thrownBy(() => reading('TOKEN=first half\nsecond-half', pairs));
    expect(thrown).toEqual(refused("entry 2 has no key before an '='"));
    expect((thrown as Error).message).not.toContain('second-half');
    expect(thrownBy(() => reading('=value', pairs))).toEqual(refused('entry 1'));
  });

  it('takes any name for a key', () => {
    expect(reading('__proto__=1\nconstructor=2', pairs).get('__proto__')).toBe('1');
  });
});

describe('secret', () => {
  it('is masked as a whole and by line, and shown by nothing', async () => {
    give({ key: 'BEGIN\nab%cd\r\n}\nEND' });
    let value = '';
    const output = await printed(() => {
      value = secret('key');
    });
    expect(value).toBe('BEGIN\nab%cd\r\n}\nEND');
    const commands = commandsIn(output);
    expect(commands.map(({ name }) => name)).toEqual(Array(4).fill('add-mask'));
    // A brace alone is not masked: it would blot out every other one in the log.
    expect(commands.map(({ message }) => message)).toEqual([value, 'BEGIN', 'ab%cd', 'END']);
  });

  it('masks every line of any secret', async () => {
    const part = fc.string({ unit: 'grapheme', minLength: 3, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 4 }), async (parts) => {
        give({ key: parts.join('\n') });
        const masked = new Set(commandsIn(await printed(() => secret('key'))).map(({ message }) => message));
        for (const line of parts.join('\n').trim().split('\n')) {
          const wanted = line.trim();
          if (wanted.length > 2) expect(masked).toContain(wanted);
        }
      }),
    );
  });

  it('prints nothing when it is missing', async () => {
    const output = await printed(() =>
      expect(() => secret('never given', { required: true })).toThrow(/is required/),
    );
    expect(output).toBe('');
  });
});
