import { describe, expect, it } from 'vitest';
import { diagnosticOf, diagnosticsInText, sentence } from '../src/diagnostics.js';
import { hear, noProgress } from '../src/events.js';
import { failureOf, lockOf } from '../src/mend.js';

const init = `
Initializing the backend...

Error: Unsupported Terraform Core version

  on b.tf line 10, in terraform:
  10:  required_version = ">= 1.99"

This configuration does not support Terraform version 1.11.4.

Warning: Deprecated thing

Mind it.
`;

const framed = `╷
│ Error: No valid credential sources found
│ 
│ Please see the documentation.
╵
`;

it('reads what init prints', () => {
  expect(diagnosticsInText(init)).toEqual([
    {
      severity: 'error',
      summary: 'Unsupported Terraform Core version',
      detail: 'This configuration does not support Terraform version 1.11.4.',
      file: 'b.tf',
      line: 10,
    },
    { severity: 'warning', summary: 'Deprecated thing', detail: 'Mind it.' },
  ]);
  expect(diagnosticsInText(framed)).toMatchObject([{ summary: 'No valid credential sources found' }]);
  expect(diagnosticsInText('all is well')).toEqual([]);
});

it('reads a diagnostic of the JSON output, and nothing else', () => {
  const diagnostic = diagnosticOf({
    severity: 'error',
    summary: 'Bad',
    detail: 'Very.',
    range: { filename: 'main.tf', start: { line: 3, column: 5 } },
  });
  expect(diagnostic).toMatchObject({ file: 'main.tf', line: 3, column: 5 });
  expect(diagnostic && sentence(diagnostic)).toBe('Bad (main.tf:3)\nVery.');
  for (const other of [null, 1, 'x', [], {}, { summary: 1 }]) expect(diagnosticOf(other)).toBeUndefined();
});

describe('the mend', () => {
  it.each([
    ['No valid credential sources found', 'no-credentials', /id-token: write/],
    ['Unsupported Terraform Core version', 'tool-version', /required_version/],
    ['Provider dependency changes detected', 'lock-file', /providers lock/],
    ['Failed to query available provider packages', 'provider-missing', /required_providers/],
    ['Saved plan is stale', 'plan-stale', /planning job again/],
    ['No value for required variable', 'variable-missing', /variables: NAME=value/],
    ['operation error S3: AccessDenied', 'denied', /grant the role/],
    ['Something new', 'command-failed', /message names/],
  ])('of %s', (summary, code, remedy) => {
    const failure = failureOf('Planning failed', [{ severity: 'error', summary, detail: '' }], '');
    expect(failure.code).toBe(code);
    expect(failure.remedy).toMatch(remedy);
    expect(failure.message).toContain(summary);
  });

  it('names who holds the lock, and the line that takes it away', () => {
    const detail =
      'Error message: busy\nLock Info:\n  ID:        abc-123\n  Path:      s3/key\n  Operation: Apply\n  Who:       me@host\n  Version:   1.11.4\n  Created:   2026-11-24 07:00:00 UTC\n  Info:      \n';
    const diagnostic = { severity: 'error', summary: 'Error acquiring the state lock', detail } as const;
    expect(lockOf(diagnostic)).toEqual({
      id: 'abc-123',
      who: 'me@host',
      operation: 'Apply',
      created: '2026-11-24 07:00:00 UTC',
      path: 's3/key',
    });
    const failure = failureOf('Planning failed', [diagnostic], '');
    expect(failure.code).toBe('state-locked');
    expect(failure.message).toContain('me@host');
    expect(failure.remedy).toContain('terraform force-unlock abc-123');
  });
});

describe('what is heard while applying', () => {
  const line = (type: string, addr: string) =>
    JSON.stringify({ '@message': `${addr}: …`, type, hook: { resource: { addr } } });

  it('knows what was done, what failed and what was cut off', () => {
    const progress = noProgress();
    hear(progress, line('apply_start', 'a.a'));
    hear(progress, line('apply_complete', 'a.a'));
    hear(progress, line('apply_start', 'a.b'));
    hear(progress, line('apply_errored', 'a.b'));
    hear(progress, line('apply_start', 'a.c'));
    expect(progress).toMatchObject({ applied: ['a.a'], failed: ['a.b'] });
    expect([...progress.begun]).toEqual(['a.c']);
  });

  it.each([
    ['plain text', 'plain text'],
    ['{not json', '{not json'],
    ['{"@message":"hello","type":"log"}', 'hello'],
    ['{"type":"version","@message":"Terraform"}', undefined],
    ['', undefined],
    ['[]', '[]'],
    ['{"@message":{"x":1},"type":[]}', undefined],
  ])('%j shows %j', (text, shown) => expect(hear(noProgress(), text)).toBe(shown));
});
