import type { Answer } from '../loopback/server.js';

/** Something that goes wrong at GitHub's end. */
export interface Fault {
  /**
   * `secondary-limit` and `rate-limit` answer 403 as GitHub does; `unavailable` answers 503, `error` 500;
   * `disconnect` closes the connection without an answer.
   */
  readonly kind: 'secondary-limit' | 'rate-limit' | 'unavailable' | 'error' | 'disconnect';
  /** Operation id it befalls, such as `checks/create`; any unless given. */
  readonly operation?: string;
  /** How many requests; one unless given. */
  readonly times?: number;
  /** Seconds in `retry-after` of a secondary limit; 1 unless given. */
  readonly retryAfterSeconds?: number;
}

/** Faults waiting for their requests, first come first served. */
export class FaultQueue {
  readonly #waiting: { fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  /** The fault that this request meets, used up by one. */
  take(operation: string): Fault | undefined {
    const index = this.#waiting.findIndex(
      ({ fault }) => fault.operation === undefined || fault.operation === operation,
    );
    const entry = this.#waiting[index];
    if (!entry) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) this.#waiting.splice(index, 1);
    return entry.fault;
  }
}

/** Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export function faultAnswer(fault: Exclude<Fault['kind'], 'disconnect'>, retryAfterSeconds = 1): Answer {
  const documentation_url = 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api';
  switch (fault) {
    case 'secondary-limit':
      return {
        status: 403,
        headers: { 'retry-after': String(retryAfterSeconds) },
        body: {
          message:
            'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
          documentation_url,
        },
      };
    case 'rate-limit': {
      const reset = Math.ceil(Date.now() / 1000) + retryAfterSeconds;
      return {
        status: 403,
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) },
        body: { message: 'API rate limit exceeded for installation ID 1.', documentation_url },
      };
    }
    case 'unavailable':
      return { status: 503, body: { message: 'Service unavailable' } };
    case 'error':
      return { status: 500, body: { message: 'Server Error' } };
  }
}
