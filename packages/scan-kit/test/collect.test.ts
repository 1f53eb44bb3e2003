import type { Finding } from '@fairway/reports/findings';
import { expect, it } from 'vitest';
import { collect } from '../src/index.ts';

const found: Finding = {
  scanner: 'works',
  rule: 'r',
  severity: 'high',
  message: 'm',
  path: 'p',
  startLine: 1,
  endLine: 1,
  fingerprint: 'f',
};

it('keeps what the others found where one fails, in whatever way', async () => {
  const { findings, broken } = await collect(['fails', 'works'], async (name) => {
    if (name === 'fails')
      throw Object.assign(new Error('EACCES: permission denied, scandir'), { code: 'EACCES' });
    return [found];
  });
  expect(findings).toEqual([found]);
  expect(broken).toEqual(['fails']);
});
