import { expect, it } from 'vitest';
import { run } from '../src/index.ts';

/** Says `ready`, counts what it is sent, and ends by itself a moment after the first. */
const COUNTING = `
  const heard = [];
  for (const name of ['SIGTERM', 'SIGINT']) {
    process.on(name, () => {
      heard.push(name);
      setTimeout(() => { console.log('heard ' + heard); process.exit(0); }, 300);
    });
  }
  setInterval(() => {}, 1000);
  console.log('ready');
`;

it.each([
  ['SIGTERM', {}],
  ['SIGINT', { stopSignal: 'SIGINT' as const }],
])('asks a program to end once, with %s', async (expected, options) => {
  const stop = new AbortController();
  const result = await run(process.execPath, ['-e', COUNTING], {
    ...options,
    show: 'never',
    signal: stop.signal,
    graceMs: 20_000,
    onStdoutLine: (line) => {
      if (line !== 'ready') return;
      stop.abort();
      // What the runner does next to a step that is still there.
      process.emit('SIGTERM', 'SIGTERM');
    },
  });
  expect(result.stdout).toContain(`heard ${expected}\n`);
  expect(result.exitCode).toBe(0);
});
