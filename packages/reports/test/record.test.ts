import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Collector } from '../src/collect.ts';
import { parseRecord, type RunRecord, writeRecord } from '../src/record.ts';

function sample(): RunRecord {
  const collector = new Collector();
  collector.add({ suite: 's', name: 'a', status: 'passed', durationMs: 1, file: 'f', unit: 'u' });
  collector.add({
    suite: 's',
    name: 'b',
    status: 'failed',
    durationMs: 2,
    failure: { message: 'm', details: 'd', location: { file: 'f', line: 3 } },
  });
  return {
    shard: '1/2',
    framework: 'vitest',
    ecosystem: 'node',
    command: 'npx vitest run',
    startedAt: 5,
    wallMs: 7,
    attempts: [{ exitCode: 1, timedOut: false, durationMs: 6, explained: true }],
    results: collector.results(),
    coverage: new Map([['f', { hit: new Set([1, 2]), missed: new Set([4]) }]]),
  };
}

test('there and back', () => {
  expect(parseRecord(JSON.parse(writeRecord(sample())))).toEqual(sample());
});

test('a place outside of the repository is no place, and an unknown status is not green', () => {
  const document = JSON.parse(writeRecord(sample()));
  document.results.failures[0].failure.location.file = '../../etc/passwd';
  document.results.failures[0].status = 'fine';
  const parsed = parseRecord(document);
  expect(parsed?.results.failures[0]?.failure?.location).toBeUndefined();
  expect(parsed?.results.failures[0]?.status).toBe('errored');
  expect(parseRecord({ format: 'other' })).toBeUndefined();
  expect(parseRecord(null)).toBeUndefined();
});

test('no document makes it throw, and what it gives can be written again', () => {
  fc.assert(
    fc.property(
      fc.object({ maxDepth: 4 }),
      fc.constantFrom('results', 'coverage', 'attempts', 'shard'),
      (value, key) => {
        const parsed = parseRecord({ ...JSON.parse(writeRecord(sample())), [key]: value });
        if (parsed === undefined) throw new Error('It is a record.');
        expect(parseRecord(JSON.parse(writeRecord(parsed)))).toEqual(parsed);
      },
    ),
  );
});
