import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFileCommands } from '@fairway/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { exportVariable, saveState, state } from '../src/index.ts';
import { runAction } from '../src/run.ts';
import { commandsIn, printed, scratchFolder } from './runner.ts';

afterEach(() => vi.unstubAllEnvs());

const hostile = fc
  .array(fc.constantFrom('%', '%0A', '\r', '\n', ':', ',', '::', '=', '<<', 'end-of-value', '-1', 'a', 'é'), {
    maxLength: 10,
  })
  .map((parts) => parts.join(''));

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

  it('give way to commands where there are none', async () => {
    vi.stubEnv('GITHUB_STATE', '');
    expect(commandsIn(await printed(() => saveState('kept', 'a\nb')))).toEqual([
      { name: 'save-state', properties: { name: 'kept' }, message: 'a\nb' },
    ]);
  });
});
