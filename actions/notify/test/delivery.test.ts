import { describe, expect, it } from 'vitest';
import { deliver, pauseBefore } from '../src/delivery.js';
import type { Answer, Sink } from '../src/message.js';
import { waitAsked } from '../src/transport.js';
import { judgeAnswer, judgeError } from '../src/verdict.js';

const answer = (status: number, body = '', retryAfter?: number): Answer => ({
  status,
  contentType: '',
  body,
  ...(retryAfter !== undefined && { retryAfter }),
});

describe('an answer', () => {
  it.each<[number, boolean, boolean]>([
    // status → delivered, worth another try
    [200, true, false],
    [204, true, false],
    [301, false, false],
    [400, false, false],
    [403, false, false],
    [404, false, false],
    [408, false, true],
    [429, false, true],
    [500, false, true],
    [503, false, true],
  ])('%i', (status, delivered, again) => {
    expect(judgeAnswer(answer(status), () => undefined)).toMatchObject({ delivered, again });
  });

  it('may refuse with a 200', () => {
    expect(judgeAnswer(answer(200), () => 'not so')).toMatchObject({
      delivered: false,
      reason: 'not so',
      again: false,
    });
  });

  it('is quoted when it is a word, not when it is a page', () => {
    expect(judgeAnswer(answer(403, 'action_prohibited'), () => undefined).reason).toContain(
      'action_prohibited',
    );
    expect(judgeAnswer(answer(500, '<script>/services/SECRET'), () => undefined).reason).toBe(
      'it answered 500',
    );
  });
});

describe('an error', () => {
  it.each([
    [
      Object.assign(new Error('connect 10.0.0.1 /SECRET'), { code: 'ECONNREFUSED' }),
      'the connection was refused',
      true,
    ],
    [
      new AggregateError([Object.assign(new Error(''), { code: 'ECONNREFUSED' })]),
      'the connection was refused',
      true,
    ],
    [new Error('Request timeout: /services/SECRET'), 'there was no answer in time', true],
    [
      Object.assign(new Error(''), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      /certificate is not trusted/,
      false,
    ],
    [new Error('SECRET'), 'the request failed', true],
    ['SECRET', 'the request failed', true],
  ])('%s', (error, reason, again) => {
    const verdict = judgeError(error);
    expect(verdict.reason).toMatch(reason);
    expect(verdict.reason).not.toContain('SECRET');
    expect(verdict.again).toBe(again);
  });
});

describe('waiting', () => {
  it.each([
    [1, undefined, 500],
    [3, undefined, 2000],
    [10, undefined, 60_000],
    [1, 1500, 1500],
    [1, 3_600_000, 60_000],
  ])('before try %i after, asked %s: %i ms', (attempt, asked, expected) => {
    expect(pauseBefore(attempt, asked, 500, 0.5)).toBe(expected);
  });

  it.each([
    ['3', 3000],
    ['Tue, 24 Nov 2026 07:00:05 GMT', 5000],
    ['Tue, 24 Nov 2026 06:00:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('Retry-After: %s is %s ms', (header, expected) => {
    expect(waitAsked(header, Date.parse('2026-11-24T07:00:00Z'))).toBe(expected);
  });
});

describe('delivering', () => {
  const sink: Sink = {
    name: 'webhook',
    message: () => ({ url: new URL('https://x.example'), headers: {}, body: '{}' }),
    refusal: () => undefined,
  };
  const patience = { retries: 2, timeout: 1000, firstPause: 1 };
  const answering = (...answers: (Answer | Error)[]) => {
    const left = [...answers];
    return async () => {
      const next = left.shift();
      if (next === undefined) throw new Error('asked too often');
      if (next instanceof Error) throw next;
      return next;
    };
  };

  it.each<[string, (Answer | Error)[], boolean, number]>([
    ['at once', [answer(200)], true, 1],
    ['after a hiccup', [answer(500), new Error('x'), answer(200)], true, 3],
    ['never', [answer(500), answer(500), answer(500)], false, 3],
    ['not again after a no', [answer(404)], false, 1],
  ])('%s', async (_, answers, delivered, attempts) => {
    expect(await deliver(sink, patience, answering(...answers))).toMatchObject({ delivered, attempts });
  });

  it('takes an address that is none for a failure of this sink', async () => {
    const broken: Sink = {
      ...sink,
      message: () => {
        throw new Error('boom');
      },
    };
    expect(await deliver(broken, patience, answering())).toMatchObject({ delivered: false, attempts: 0 });
  });
});
