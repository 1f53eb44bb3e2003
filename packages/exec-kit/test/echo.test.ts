import { Writable } from 'node:stream';
import { parseWorkflowCommand } from '@fairway/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Echo } from '../src/echo.ts';
import { run } from '../src/index.ts';
import { printed, script } from './scene.ts';

/** What is shown of chunks, with the commands in it that the runner would obey. */
function shown(chunks: readonly Buffer[], commands: 'allow' | 'stop') {
  let text = '';
  const target = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  const echo = new Echo(target, commands);
  for (const chunk of chunks) echo.add(chunk);
  echo.end();
  const obeyed = text.split(/\r\n|\r|\n/).filter((line) => parseWorkflowCommand(line));
  return { text, obeyed };
}

const piece = fc.constantFrom(
  '::',
  ':',
  '#',
  '##[',
  'error',
  'error::',
  'error]',
  'x',
  ' ',
  '\n',
  '\r',
  '\r\n',
  '\u0085',
);
const chunks = fc.array(fc.array(piece, { maxLength: 5 }).map((parts) => Buffer.from(parts.join(''))));

it('lets no command through, however it is cut into chunks', () => {
  let allowed = 0;
  fc.assert(
    fc.property(chunks, (given) => {
      expect(shown(given, 'stop').obeyed).toEqual([]);
      allowed += shown(given, 'allow').obeyed.length;
    }),
    { numRuns: 2000 },
  );
  expect(allowed).toBeGreaterThan(20);
});

it('takes nothing away, and ends at a line’s start', () => {
  fc.assert(
    fc.property(chunks, (given) => {
      const raw = Buffer.concat(given).toString();
      const lines = raw.replace(/\r?\n/g, '\n').replace(/\r$/, '');
      const { text } = shown(given, 'allow');
      expect(text).toBe(raw === '' || raw.endsWith('\n') ? lines : `${lines}\n`);
      expect(shown(given, 'stop').text.replaceAll('\u200b', '')).toBe(text);
    }),
    { numRuns: 3000 },
  );
});

it('asks to wait where the log is slow', () => {
  const slow = new Writable({ highWaterMark: 1, write: () => undefined });
  const echo = new Echo(slow, 'stop');
  expect(echo.add(Buffer.from('no line yet'))).toBe(true);
  expect(echo.add(Buffer.from('\n'))).toBe(false);
});

it('shows a program’s output defused, and as it is only where that is asked for', async () => {
  const { path } = script(
    'tool',
    `#!/bin/sh\necho '::set-env name=PATH::/evil' >&2\nprintf 'a ##[error]x'\n`,
  );
  const stopped = await printed(() => run(path, [], { title: 't' }));
  expect(stopped).toContain('\u200b::set-env');
  expect(stopped).toContain('a #\u200b#[error]x\n');
  expect(stopped.split('\n').filter((line) => parseWorkflowCommand(line))).toEqual([]);
  const allowed = await printed(() => run(path, [], { title: 't', commands: 'allow' }));
  expect(allowed.split('\n').filter((line) => parseWorkflowCommand(line))).toHaveLength(2);
});

it('keeps the lines of both streams whole', async () => {
  const half = `const [a, b] = [process.stdout, process.stderr];
    let n = 0;
    const tick = () => { a.write('out-'); b.write('err-'); setTimeout(() => { a.write('end\\n'); b.write('end\\n'); if (++n < 20) tick(); }, 1); };
    tick();`;
  const output = await printed(() => run(process.execPath, ['-e', half], { title: 't' }));
  const lines = output.trim().split('\n').slice(1);
  expect(lines.toSorted()).toEqual([...Array(20).fill('err-end'), ...Array(20).fill('out-end')]);
});
