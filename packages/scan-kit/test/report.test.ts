import type { RunResult } from '@fairway/exec-kit';
import { describe, expect, it } from 'vitest';
import { refuseBroken, refuseStopped } from '../src/index.ts';

const ended: RunResult = {
  argv: ['scanner'],
  exitCode: 0,
  signal: null,
  timedOut: false,
  durationMs: 1000,
  stdout: '[]',
  stderr: '',
  truncated: false,
};

describe('a report counts', () => {
  it('of a scanner that came to its end', () => {
    expect(() => refuseBroken('scanner', ended)).not.toThrow();
    expect(() => refuseStopped('scanner', { ...ended, exitCode: 1 })).not.toThrow();
  });

  it.each([
    [{ exitCode: 1, stderr: 'a/Dockerfile: no such file' }, /exit code 1. a\/Dockerfile: no such file/],
    [{ exitCode: null, signal: 'SIGSEGV' }, /ended by SIGSEGV/],
  ])('not of one that could not read on: %j', (over, message) => {
    expect(() => refuseBroken('scanner', { ...ended, ...over })).toThrow(message);
  });

  it.each([
    [{ timedOut: true }, /did not end within its time/],
    [{ cancelled: true }, /the job was cancelled/],
    [{ truncated: true }, /more than can be read/],
  ])('not of one that was cut short, whatever it ended with: %j', (over, message) => {
    expect(() => refuseStopped('scanner', { ...ended, ...over })).toThrow(message);
    expect(() => refuseBroken('scanner', { ...ended, ...over })).toThrow(message);
  });
});
