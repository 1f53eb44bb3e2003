import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFileCommands } from '@fairway/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ActionError, addPath, idToken, messageOf, runAction } from '../src/index.ts';
import { commandsIn, printed, scratchFolder } from './runner.ts';

let outputs: string;

beforeEach(() => {
  const folder = scratchFolder();
  outputs = join(folder, 'outputs');
  writeFileSync(outputs, '');
  writeFileSync(join(folder, 'path'), '');
  vi.stubEnv('GITHUB_OUTPUT', outputs);
  vi.stubEnv('GITHUB_PATH', join(folder, 'path'));
  vi.stubEnv('RUNNER_DEBUG', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  process.exitCode = undefined;
});

/** The last value of each output, as the runner reads the file. */
function written(): Record<string, string> {
  return Object.fromEntries(
    parseFileCommands(readFileSync(outputs, 'utf8')).map(({ name, value }) => [name, value]),
  );
}

const failing = (error: unknown) =>
  printed(() =>
    runAction('Try', {}, async () => {
      throw error;
    }),
  );

describe('runAction', () => {
  it('sets every output before the body begins, then what the body sets', async () => {
    await runAction('Try', { result: 'none', count: 0, done: false }, async (out) => {
      expect(written()).toEqual({ result: 'none', count: '0', done: 'false' });
      out.set('count', 3);
      out.set('result', 'a\nb');
    });
    expect(written()).toEqual({ result: 'a\nb', count: '3', done: 'false' });
    expect(process.exitCode).toBeUndefined();
  });

  it('makes one error of a failure, with what to do, and exit code 1', async () => {
    const output = await failing(new ActionError('bad-input', 'The input is bad.', { remedy: 'Mend it.' }));
    expect(commandsIn(output)).toEqual([
      { name: 'error', properties: { title: 'Try' }, message: 'The input is bad.\nWhat to do: Mend it.' },
    ]);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(process.exitCode).toBe(1);
  });

  it('shows the stack, and that of the cause, only in a debug run', async () => {
    const cause = new Error('underneath\n::set-env name=X::y');
    const error = new ActionError('x', 'On top.', { remedy: 'Mend it.', cause });
    expect(await failing(error)).not.toMatch(/at .*run\.test\.ts|underneath/);
    vi.stubEnv('RUNNER_DEBUG', '1');
    const output = await failing(error);
    expect(output).toMatch(/ActionError: On top\.\n +at .*run\.test\.ts/);
    expect(output).toContain('Caused by: Error: underneath');
    expect(commandsIn(output).map(({ name }) => name)).toEqual(['error']);
  });

  it('is one command whatever is thrown', async () => {
    const thrown = fc.oneof(
      fc.string().map((text) => new Error(`::error::x\n##[error]${text}`)),
      fc.anything().filter((value) => !(value instanceof Error)),
    );
    await fc.assert(
      fc.asyncProperty(thrown, async (value) => {
        const commands = commandsIn(await failing(value));
        expect(commands.map(({ name }) => name)).toEqual(['error']);
        expect(commands[0]?.message).toMatch(/What to do: This is not a failure that the action foresees/);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps the remedy where the runner cuts a long message', async () => {
    const said = `first line\n${'x'.repeat(100_000)}\nlast line`;
    const output = await failing(new ActionError('x', said, { remedy: 'Mend it.' }));
    const message = commandsIn(output)[0]?.message ?? '';
    expect(message.length).toBeLessThan(4096);
    expect(message).toMatch(/^first line[\s\S]*\[…\][\s\S]*last line\nWhat to do: Mend it\.$/);
  });

  it('shows a tool’s colours to nobody', async () => {
    const output = await failing(new ActionError('x', '\u001b[31mred\u001b[0m', { remedy: 'Mend it.' }));
    expect(commandsIn(output)[0]?.message).toBe('red\nWhat to do: Mend it.');
  });

  it('tells in the same way that outputs cannot be written', async () => {
    vi.stubEnv('GITHUB_OUTPUT', `${outputs}-gone`);
    const output = await printed(() => runAction('Try', { result: '' }, async () => undefined));
    expect(commandsIn(output)).toMatchObject([
      { name: 'error', message: expect.stringContaining('Missing file') },
    ]);
    expect(process.exitCode).toBe(1);
  });

  it('leaves no listener behind', async () => {
    const before = process.listenerCount('uncaughtException');
    await runAction('Try', {}, async () => undefined);
    expect(process.listenerCount('uncaughtException')).toBe(before);
  });
});

it.each([
  [new Error('plain'), 'plain'],
  ['text', 'text'],
  [undefined, 'undefined'],
  [new TypeError(''), 'TypeError'],
  [new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') }), 'fetch failed: ECONNREFUSED'],
  [
    new TypeError('fetch failed', {
      cause: new AggregateError([new Error('no 1'), new Error('no 2'), new Error('no 1')]),
    }),
    'fetch failed: no 1; no 2',
  ],
])('tells %s', (thrown, expected) => expect(messageOf(thrown)).toBe(expected));

it('puts a folder on PATH, never two', () => {
  vi.stubEnv('PATH', '/bin');
  addPath('/opt/tool');
  expect(process.env.PATH).toBe('/opt/tool:/bin');
  expect(() => addPath('/opt/a\n/opt/evil')).toThrow(/line break/);
  expect(process.env.PATH).toBe('/opt/tool:/bin');
});

it('says which permission an identity needs', async () => {
  vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_URL', undefined);
  await expect(idToken('sts')).rejects.toMatchObject({
    code: 'no-identity',
    remedy: expect.stringContaining("'id-token: write'"),
  });
});
