import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { query, run } from '../src/index.ts';

beforeEach(() => {
  vi.stubEnv('INPUT_PASSWORD', 'hunter2');
  vi.stubEnv('STATE_TOKEN', 'hunter2');
  vi.stubEnv('KEPT', 'yes');
});
afterEach(() => vi.unstubAllEnvs());

const PRINT = ['-e', 'console.log(JSON.stringify(process.env))'];

it('hands an action’s inputs and state to no program', async () => {
  for (const printed of [
    await query(process.execPath, PRINT),
    (await run(process.execPath, PRINT, { show: 'never' })).stdout,
  ]) {
    expect(printed).not.toContain('hunter2');
    expect(JSON.parse(printed)).toMatchObject({ KEPT: 'yes' });
  }
});

it('hands over what is given by name', async () => {
  const { stdout } = await run(process.execPath, PRINT, {
    show: 'never',
    env: { INPUT_X: 'meant', KEPT: undefined },
  });
  expect(JSON.parse(stdout)).toMatchObject({ INPUT_X: 'meant' });
  expect(JSON.parse(stdout)).not.toHaveProperty('KEPT');
});
