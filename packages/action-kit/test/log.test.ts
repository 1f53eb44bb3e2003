import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { error, formatBytes, formatDuration, group, inert, info, notice, warning } from '../src/index.ts';
import { commandsIn, printed } from './runner.ts';

afterEach(() => vi.unstubAllEnvs());

/** Pieces of which commands are made, in both forms, with the white space that the runner trims. */
const piece = fc.constantFrom(
  '::',
  '::error::',
  '##[error]',
  ':',
  '##[',
  '#',
  '[',
  ']',
  'error',
  'set-env name=PATH',
  'add-mask',
  'stop-commands',
  'x',
  ' ',
  '\t',
  '\n',
  '\r',
  '\r\n',
  '\u0085',
  '\u00a0',
  '\u2028',
  '\u3000',
  '\ufeff',
  '\u200b',
);
const hostile = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));

describe('inert', () => {
  it.each([
    '::set-env name=PATH::/evil',
    '  \t::error::x',
    'fine\n::error::x',
    'fine\r::error::x',
    '\u0085::error::x',
    '\u3000::error::x',
    'anywhere ##[error]x',
    '###[error]x',
    '##[set-env name=a]##[error]x',
  ])('defuses %j', (text) => {
    expect(commandsIn(text)).not.toEqual([]);
    expect(commandsIn(inert(text))).toEqual([]);
  });

  it('leaves no command in any text, and takes nothing away', () => {
    let commands = 0;
    fc.assert(
      fc.property(hostile, (text) => {
        commands += commandsIn(text).length;
        expect(commandsIn(inert(text))).toEqual([]);
        expect(inert(text).replaceAll('\u200b', '')).toBe(text.replaceAll('\u200b', ''));
      }),
      { numRuns: 3000 },
    );
    expect(commands).toBeGreaterThan(50);
  });

  it('takes no square of the time for empty lines', () => {
    const log = new URL('../src/log.ts', import.meta.url);
    const code = `const { inert } = await import('${log}'); inert('\\r'.repeat(4_000_000));`;
    // In a process of its own: what takes hours cannot be stopped from within.
    const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { timeout: 30_000 });
    expect(status).toBe(0);
  });

  it.each(['a::b', 'std::string', 'see ## [x]', '# [link]', 'Foo:: bar'])('leaves %j as it is', (text) =>
    expect(inert(text)).toBe(text),
  );
});

it('prints text as nothing but text', async () => {
  expect(await printed(() => info('a\n::error::b'))).toBe('a\n\u200b::error::b\n');
});

it('prints an annotation as one command, whatever it says', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, hostile, async (message, title) => {
      for (const [name, print] of Object.entries({ error, warning, notice })) {
        const commands = commandsIn(
          await printed(() => print(message, { title, file: title, startLine: 3 })),
        );
        expect(commands).toHaveLength(1);
        expect(commands[0]).toMatchObject({ name, message, properties: { line: '3' } });
      }
    }),
  );
});

it('closes a group that fails, and keeps its title on one line', async () => {
  const output = await printed(() =>
    expect(
      group('a\n::error::b', async () => {
        throw new Error('inside');
      }),
    ).rejects.toThrow('inside'),
  );
  expect(commandsIn(output)).toEqual([
    { name: 'group', properties: {}, message: 'a ::error::b' },
    { name: 'endgroup', properties: {}, message: '' },
  ]);
});

it.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [3_249, '3.2 s'],
  [59_949, '59.9 s'],
  [59_960, '1 m 00 s'],
  [245_000, '4 m 05 s'],
  [3_599_600, '1 h 00 m'],
  [3_720_000, '1 h 02 m'],
  [90_000_000, '25 h 00 m'],
])('writes %d ms as %s', (milliseconds, expected) => expect(formatDuration(milliseconds)).toBe(expected));

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.00 KiB'],
  [3_482, '3.40 KiB'],
  [125_829_120, '120 MiB'],
  [1024 ** 4, '1.00 TiB'],
  [2000 * 1024 ** 4, '2000 TiB'],
])('writes %d bytes as %s', (bytes, expected) => expect(formatBytes(bytes)).toBe(expected));
