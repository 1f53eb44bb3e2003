import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogReader, parseWorkflowCommand } from '../src/runner/workflow-command.js';

describe('parseWorkflowCommand', () => {
  it.each([
    ['::error::boom', { name: 'error', properties: {}, message: 'boom' }],
    ['   ::error::boom', { name: 'error', properties: {}, message: 'boom' }],
    ['\u0085::error::boom', { name: 'error', properties: {}, message: 'boom' }],
    ['::ERROR::boom', { name: 'ERROR', properties: {}, message: 'boom' }],
    ['::group::a::b', { name: 'group', properties: {}, message: 'a::b' }],
    [
      '::error file=a.ts,line=3,title=x%2Cy%3Az::m%0An%25',
      { name: 'error', properties: { file: 'a.ts', line: '3', title: 'x,y:z' }, message: 'm\nn%' },
    ],
    ['::error file=,line=1::m', { name: 'error', properties: { line: '1' }, message: 'm' }],
    ['::debug::%250A', { name: 'debug', properties: {}, message: '%0A' }],
    [
      'see ##[warning file=a;line=2]m%5D',
      { name: 'warning', properties: { file: 'a', line: '2' }, message: 'm]' },
    ],
  ])('reads %s', (line, command) => {
    expect(parseWorkflowCommand(line)).toEqual(command);
  });

  it.each([
    'error::x',
    'text ::error::x',
    '::error',
    '::nonsense::x',
    ':: error::x',
    '##[nonsense]x',
    '##[error',
  ])('shows %s as text', (line) => {
    expect(parseWorkflowCommand(line)).toBeUndefined();
  });

  it('undoes the escaping of @actions/core for any message and property', () => {
    const escapeData = (text: string) =>
      text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
    const escapeProperty = (text: string) => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
    fc.assert(
      fc.property(
        fc.string(),
        fc.string({ minLength: 1 }).filter((text) => text.trim() === text),
        (message, title) => {
          const command = parseWorkflowCommand(
            `::notice title=${escapeProperty(title)}::${escapeData(message)}`,
          );
          expect(command).toEqual({ name: 'notice', properties: { title }, message });
        },
      ),
    );
  });
});

describe('LogReader', () => {
  it('obeys nothing between stop-commands and its token', () => {
    const reader = new LogReader();
    const kinds = [
      '::stop-commands::t0k',
      '::error::x',
      '::stop-commands::other',
      '::t0k::',
      '::error::y',
    ].map((line) => reader.read(line).kind);
    expect(kinds).toEqual(['command', 'text', 'text', 'command', 'command']);
  });
});
