import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { messageOf } from '@fairway/action-kit';
import { ApiError } from '../cluster/api-error.js';
import type { Connection } from '../cluster/connection.js';
import type { SmokeTest } from '../smoke-target.js';

/** How one request ended. */
export interface Answered {
  /** Undefined when it was answered 2xx, to its last byte. */
  readonly failure: string | undefined;
  /** The server closed an idle connection in the moment that it was used again, and a new one carried the request. */
  readonly repeated: boolean;
}

/** Sends one GET. Never rejects. */
export type Ask = (fresh: boolean) => Promise<Answered>;

/** A person has left by then; what is slower is lost. Milliseconds. */
export const REQUEST_MS = 10_000;
/** Kept connections of one target: through a Service each is bound to one pod, and several reach most of them. */
const KEPT = 8;

/** @param api a connection of the load's own, so that requests that hang do not hold up the drill's */
export async function askerFor(test: SmokeTest, api: Connection, namespace: string): Promise<Ask> {
  return test.via === 'service' ? askThroughApi(test, api, namespace) : askAddress(new URL(test.url));
}

/** The API server has its own connections to the pods, so new or kept makes no difference to them. */
function askThroughApi(
  test: Extract<SmokeTest, { via: 'service' }>,
  api: Connection,
  namespace: string,
): Ask {
  const path = `/api/v1/namespaces/${namespace}/services/${test.service}:${test.port}/proxy${test.path}`;
  const request = { method: 'GET', path, accept: '*/*', doing: 'Asking', once: true } as const;
  return async () => {
    const signal = AbortSignal.timeout(REQUEST_MS);
    try {
      const answer = await api.open({ ...request, silenceMs: REQUEST_MS, signal });
      return { failure: await cutOff(answer), repeated: false };
    } catch (error) {
      return { failure: signal.aborted ? TIMED_OUT : wordsFor(error), repeated: false };
    }
  };
}

async function askAddress(url: URL): Promise<Ask> {
  const { request, Agent } =
    url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  // One agent a slot: a single one would send everything over the one connection that is free.
  const kept = Array.from({ length: KEPT }, () => new Agent({ keepAlive: true }));
  let turn = 0;
  const once = (options: RequestOptions, signal: AbortSignal) => request(url, { ...options, signal });
  return async (fresh) => {
    const signal = AbortSignal.timeout(REQUEST_MS);
    const agent = fresh ? false : kept[turn++ % KEPT];
    const first = once(agent === undefined ? {} : { agent }, signal);
    const failure = await outcomeOf(first, signal);
    // RFC 9112, 9.5: a connection may be closed at any time, and a client repeats what is idempotent; browsers and
    // proxies do. On a connection that was new it is a lost request.
    if (failure === undefined || !first.reusedSocket || !/^(ECONNRESET|EPIPE)$/.test(failure)) {
      return { failure, repeated: false };
    }
    return { failure: await outcomeOf(once({ agent: false }, signal), signal), repeated: true };
  };
}

const TIMED_OUT = `no answer within ${REQUEST_MS / 1000} s`;

function outcomeOf(outgoing: ClientRequest, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    outgoing.on('error', (error) => resolve(signal.aborted ? TIMED_OUT : wordsFor(error)));
    outgoing.on('response', (answer) => {
      const status = answer.statusCode ?? 0;
      const good = status >= 200 && status < 300;
      void cutOff(answer).then((cut) => resolve(good ? cut : `HTTP ${status}`));
    });
    outgoing.end();
  });
}

/** Reads an answer to its end. @returns what was wrong with it; undefined when all of it came */
function cutOff(answer: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    answer.on('error', () => resolve('the answer was cut off'));
    answer.on('close', () => resolve(answer.complete ? undefined : 'the answer was cut off'));
    answer.resume();
  });
}

/** Short, and the same for the same trouble with another pod, so that failures can be counted by it. */
export function wordsFor(error: unknown): string {
  if (error instanceof ApiError) {
    const said = error.message.replace(/^Asking: /, '').replace(/^error trying to reach service: /, '');
    return `HTTP ${error.status}${said === `HTTP ${error.status}` ? '' : ` (${anonymous(said)})`}`;
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return code || anonymous(messageOf(cause));
}

function anonymous(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/\b\d{1,3}(\.\d{1,3}){3}(:\d+)?|\[[0-9a-f:]+\](:\d+)?/gi, 'pod')
    .trim()
    .slice(0, 120);
}
