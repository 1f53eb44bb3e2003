import { afterEach, expect, it, vi } from 'vitest';
import { environment } from '../src/plan.ts';

afterEach(() => vi.unstubAllEnvs());

it('gives buildx the run’s cache, which other programs are not given', () => {
  vi.stubEnv('ACTIONS_RUNTIME_TOKEN', 'key');
  vi.stubEnv('ACTIONS_RESULTS_URL', 'https://results.example/');
  vi.stubEnv('INPUT_PASSWORD', 'hunter2');
  const given = environment({ logins: [] } as never, {} as never, '/folder');
  expect(given).toMatchObject({
    ACTIONS_RUNTIME_TOKEN: 'key',
    ACTIONS_RESULTS_URL: 'https://results.example/',
  });
  expect(Object.values(given)).not.toContain('hunter2');
});
