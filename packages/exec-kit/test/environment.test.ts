import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { query, run, runnerServices } from '../src/index.ts';

beforeEach(() => {
  vi.stubEnv('INPUT_PASSWORD', 'hunter2');
  vi.stubEnv('STATE_TOKEN', 'hunter2');
  vi.stubEnv('ACTIONS_RUNTIME_TOKEN', 'hunter2');
  vi.stubEnv('ACTIONS_RESULTS_URL', 'https://results.example/hunter2');
  vi.stubEnv('GITHUB_STATE', '/hunter2');
  vi.stubEnv('GITHUB_OUTPUT', '/hunter2');
  vi.stubEnv('KEPT', 'yes');
  vi.stubEnv('GITHUB_STEP_SUMMARY', '/summary');
  vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_URL', 'https://identity.example');
});
afterEach(() => vi.unstubAllEnvs());

const PRINT = ['-e', 'console.log(JSON.stringify(process.env))'];

it('hands an action’s inputs, its state, its answers and its keys to no program', async () => {
  for (const printed of [
    await query(process.execPath, PRINT),
    (await run(process.execPath, PRINT, { show: 'never' })).stdout,
  ]) {
    expect(printed).not.toContain('hunter2');
    // As a `run:` step has them.
    expect(JSON.parse(printed)).toMatchObject({
      KEPT: 'yes',
      GITHUB_STEP_SUMMARY: '/summary',
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://identity.example',
    });
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

it('gives the services of the run to the program that is handed them', async () => {
  const { stdout } = await run(process.execPath, PRINT, { show: 'never', env: runnerServices() });
  expect(JSON.parse(stdout)).toMatchObject({
    ACTIONS_RUNTIME_TOKEN: 'hunter2',
    ACTIONS_RESULTS_URL: 'https://results.example/hunter2',
  });
  expect(JSON.parse(stdout)).not.toHaveProperty('INPUT_PASSWORD');
});
