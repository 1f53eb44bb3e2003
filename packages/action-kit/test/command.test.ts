import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@actions/core';
import { parseFileCommands } from '@fairway/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { debug, error, exportVariable, mask, notice, saveState, state, text, warning } from '../src/index.ts';
import { runAction } from '../src/run.ts';
import { commandsIn, printed, scratchFolder } from './runner.ts';

afterEach(() => vi.unstubAllEnvs());

const hostile = fc
  .array(fc.constantFrom('%', '%0A', '\r', '\n', ':', ',', '::', '=', '<<', 'end-of-value', '-1', 'a', 'é'), {
    maxLength: 10,
  })
  .map((parts) => parts.join(''));

it('prints what @actions/core would print', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, hostile, fc.nat(), async (message, title, startLine) => {
      const place = { title, file: title, startLine, endLine: startLine, startColumn: 0, endColumn: 3 };
      for (const [ours, theirs] of [
        [() => error(message, place), () => core.error(message, place)],
        [() => warning(message, {}), () => core.warning(message, {})],
        [() => notice(message, { title }), () => core.notice(message, { title })],
        [() => debug(message), () => core.debug(message)],
      ] as const) {
        // Core leaves a blank where all properties are empty.
        expect(await printed(ours)).toBe((await printed(theirs)).replace(/^(::\w+) ::/, '$1::'));
      }
    }),
  );
  expect(await printed(() => mask('secret'))).toBe(await printed(() => core.setSecret('secret')));
});

it('reads an input as @actions/core does', () => {
  vi.stubEnv('INPUT_TWO_WORDS', ' x \n');
  vi.stubEnv('INPUT_DRY-RUN', 'y');
  for (const name of ['Two Words', 'dry-run', 'never given']) expect(text(name)).toBe(core.getInput(name));
});

describe('the files for the runner', () => {
  let files: Record<'GITHUB_OUTPUT' | 'GITHUB_ENV' | 'GITHUB_STATE', string>;
  beforeEach(() => {
    const folder = scratchFolder();
    files = {
      GITHUB_OUTPUT: join(folder, 'o'),
      GITHUB_ENV: join(folder, 'e'),
      GITHUB_STATE: join(folder, 's'),
    };
    for (const [name, path] of Object.entries(files)) {
      writeFileSync(path, '');
      vi.stubEnv(name, path);
    }
  });
  const read = (file: keyof typeof files) =>
    parseFileCommands(readFileSync(files[file], 'utf8')).map(({ name, value }) => [name, value]);

  it('hold any values to the letter, and nothing that a value adds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostile), async (values) => {
        writeFileSync(files.GITHUB_OUTPUT, '');
        await runAction('Try', { first: '' }, async (out) => {
          for (const value of values) out.set('first', value);
        });
        expect(read('GITHUB_OUTPUT')).toEqual([['first', ''], ...values.map((value) => ['first', value])]);
      }),
    );
  });

  it('hold variables and state', () => {
    exportVariable('FAIRWAY_TRY', 'a\nb');
    saveState('kept', 'a=b');
    vi.stubEnv('STATE_kept', 'a=b');
    expect([read('GITHUB_ENV'), read('GITHUB_STATE')]).toEqual([
      [['FAIRWAY_TRY', 'a\nb']],
      [['kept', 'a=b']],
    ]);
    expect([process.env.FAIRWAY_TRY, state('kept'), state('other')]).toEqual(['a\nb', 'a=b', '']);
    delete process.env.FAIRWAY_TRY;
  });

  it.each(['', 'a=b', 'a<<b', 'a\nPATH'])('take no name like %j', (name) => {
    expect(() => saveState(name, 'x')).toThrow(/cannot be the name/);
    expect(readFileSync(files.GITHUB_STATE, 'utf8')).toBe('');
  });

  it('give way to commands where there are none', async () => {
    vi.stubEnv('GITHUB_STATE', '');
    expect(commandsIn(await printed(() => saveState('kept', 'a\nb')))).toEqual([
      { name: 'save-state', properties: { name: 'kept' }, message: 'a\nb' },
    ]);
  });
});
