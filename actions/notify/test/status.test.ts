import { describe, expect, it } from 'vitest';
import { dedupKey, headline, messageFor } from '../src/notification.js';
import { jobsIn, type Status, statusOf } from '../src/status.js';
import { someNotification } from './some.js';

const jobs = (...results: Status[]) => results.map((result, index) => ({ name: `job-${index}`, result }));

describe('the whole by its parts', () => {
  it.each<[Status[], Status]>([
    [['success', 'success'], 'success'],
    [['success', 'failure', 'cancelled', 'skipped'], 'failure'],
    [['success', 'cancelled', 'skipped'], 'cancelled'],
    [['success', 'skipped'], 'success'],
    [['skipped'], 'skipped'],
    [[], 'skipped'],
  ])('%j is %s', (results, expected) => expect(statusOf(jobs(...results))).toBe(expected));
});

describe('needs', () => {
  it('reads the results and nothing else', () => {
    const json =
      '{"a":{"result":"success","outputs":{"token":"x"}},"__proto__":{"result":"failure","outputs":{}}}';
    expect(jobsIn(json)).toEqual([
      { name: 'a', result: 'success' },
      { name: '__proto__', result: 'failure' },
    ]);
    expect(jobsIn('')).toBeUndefined();
    expect(jobsIn('{}')).toEqual([]);
  });
  it.each(['[]', 'null', '1', '{', '{"a":1}', '{"a":{}}', '{"a":{"result":"great"}}', '{"a":null}'])(
    '%s is refused',
    (json) => {
      expect(() => jobsIn(json)).toThrow(expect.objectContaining({ code: 'bad-input' }));
    },
  );
});

describe('what is said when nobody said anything', () => {
  it.each<[Status, Status[], string]>([
    ['success', ['success', 'skipped'], 'Everything passed.'],
    ['failure', ['success', 'failure', 'skipped'], 'job-1 failed; job-2 was skipped.'],
    [
      'failure',
      ['failure', 'failure', 'skipped', 'skipped'],
      'job-0, job-1 failed; job-2, job-3 were skipped.',
    ],
    ['failure', [], 'The run failed.'],
    ['cancelled', ['cancelled'], 'job-0 was cancelled.'],
  ])('%s with %j', (status, results, expected) =>
    expect(messageFor(status, jobs(...results))).toBe(expected),
  );
});

it('keys what belongs together, and cannot be confused by where a name ends', () => {
  expect(dedupKey('a/b', 'ci', 'main', '')).toBe(dedupKey('a/b', 'ci', 'main', ''));
  expect(dedupKey('a/b', 'ci', 'main', '')).not.toBe(dedupKey('a/b', 'ci', 'mai', 'n'));
});

it('has a headline', () => expect(headline(someNotification())).toBe('❌ acme/photo-app main failed'));
