import { expect, test } from 'vitest';
import { createLogger } from '../src/logger.ts';

function capture(level: 'debug' | 'info' | 'warn' | 'error') {
  const lines: string[] = [];
  return { lines, logger: createLogger(level, (line) => lines.push(line)) };
}

test('writes one JSON object a line with time, level and message first', () => {
  const { lines, logger } = capture('info');
  logger.info('request', { status: 200 });
  expect(lines).toHaveLength(1);
  const entry = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  expect(Object.keys(entry)).toEqual(['time', 'level', 'message', 'status']);
  expect(entry.time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

test('keeps a forged line inside the one entry', () => {
  const { lines, logger } = capture('info');
  logger.warn('request', { path: '/x\n{"level":"info","message":"all is well"}' });
  expect(lines.join('').trimEnd().split('\n')).toHaveLength(1);
});

test('leaves out what is below its level', () => {
  const { lines, logger } = capture('warn');
  logger.debug('a');
  logger.info('b');
  logger.warn('c');
  logger.error('d');
  expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(['c', 'd']);
});

test('shows what an error says', () => {
  const { lines, logger } = capture('info');
  logger.error('request failed', { error: new TypeError('no such disk') });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ error: { name: 'TypeError', message: 'no such disk' } });
});
