import { afterEach, expect, it, vi } from 'vitest';
import { environment } from '../src/plan.ts';

afterEach(() => vi.unstubAllEnvs());

const inputs = (reproducible: boolean, cache = 'gha') => ({
  logins: [],
  build: { cache },
  checks: { reproducible },
});

it('tells the Dockerfile the time of the commit only where both builds must be alike: it would spoil the cache', () => {
  const at = { created: 1_700_000_000 } as never;
  expect(environment(inputs(false) as never, at, '/folder')).not.toHaveProperty('SOURCE_DATE_EPOCH');
  expect(environment(inputs(true) as never, at, '/folder').SOURCE_DATE_EPOCH).toBe('1700000000');
});

it('gives buildx the run’s cache where the layers are kept there, which other programs are not given', () => {
  vi.stubEnv('ACTIONS_RUNTIME_TOKEN', 'key');
  vi.stubEnv('ACTIONS_RESULTS_URL', 'https://results.example/');
  vi.stubEnv('INPUT_PASSWORD', 'hunter2');
  const given = environment(inputs(false) as never, {} as never, '/folder');
  expect(given).toMatchObject({
    ACTIONS_RUNTIME_TOKEN: 'key',
    ACTIONS_RESULTS_URL: 'https://results.example/',
  });
  expect(Object.values(given)).not.toContain('hunter2');
  const elsewhere = environment(inputs(false, 'registry') as never, {} as never, '/folder');
  expect(elsewhere).not.toHaveProperty('ACTIONS_RUNTIME_TOKEN');
});

it('gives buildx no way to the job’s identity', () => {
  vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'key');
  expect(environment(inputs(false) as never, {} as never, '/folder')).toMatchObject({
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: '',
    ACTIONS_ID_TOKEN_REQUEST_URL: '',
  });
});
