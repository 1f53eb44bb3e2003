import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { HttpClient } from '@actions/http-client';
import { ActionError, debug, messageOf } from '@fairway/action-kit';
import { readBody } from '@fairway/action-kit/body';
import { pause } from '@fairway/exec-kit';
import { type Challenge, parseChallenge, tokenUrl } from './challenge.js';
import { type ImageName, isLoopback } from './image-name.js';
import type { Login } from './stored-login.js';

export interface Answer {
  /** Who answered, where others may have been pointed at. */
  readonly origin: string;
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Request {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  /** Below `/v2/<repository>/`, or a whole address that the registry itself gave. */
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  /** A function, so that a second try sends it from its start. */
  readonly body?: () => string | NodeJS.ReadableStream;
  /** Not asked again: the caller has to begin further back. */
  readonly once?: boolean;
  /** The most that is read of the answer; as much as a manifest may have where it is not given. */
  readonly bytes?: number;
}

/** Bytes of an answer that are read: manifests are at most 4 MiB by the OCI distribution specification. */
const BODY_BYTES = 8 * 1024 * 1024;
/** To a storage host, and perhaps from there to a nearer one. */
const MOST_REDIRECTS = 5;
/** Milliseconds that a registry's Retry-After is followed at most. */
const LONGEST_WAIT = 60_000;

/**
 * One repository of one registry, over its HTTP interface. Source: OCI distribution specification 1.1.
 * Answers that may pass (429, 5xx, a broken connection) are asked for again; every other status is the caller's.
 */
export class RegistryClient {
  readonly #base: string;
  readonly #image: ImageName;
  readonly #login: Login | undefined;
  /** How often something is tried, the first time included. */
  readonly attempts: number;
  readonly #http = new HttpClient('fairway', [], {
    keepAlive: true,
    socketTimeout: 60_000,
    allowRetries: false,
    allowRedirects: false, // it would take the login along to another port of the same host
  });
  #authorization: string | undefined;

  constructor(
    image: ImageName,
    options: { readonly login?: Login; readonly insecure: boolean; readonly attempts: number },
  ) {
    const host = image.registry === 'docker.io' ? 'registry-1.docker.io' : image.registry;
    this.#base = new URL(`${options.insecure ? 'http' : 'https'}://${host}`).origin; // as URLs have it: without the usual port
    this.#image = image;
    this.#login = options.login;
    this.attempts = options.attempts;
  }

  async ask(request: Request): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#try(request).catch((error: unknown) => asFailure(error));
      const passing = answer instanceof Error || isPassing(answer.status);
      if (!passing) return answer;
      if (request.once || attempt >= this.attempts) {
        if (answer instanceof Error) throw this.#unreachable(answer);
        return answer;
      }
      const wait = retryDelay(attempt, answer instanceof Error ? undefined : answer.headers['retry-after']);
      debug(
        `${request.method} ${request.path}: ${answer instanceof Error ? answer.message : answer.status}; again in ${wait} ms`,
      );
      await pause(wait);
    }
  }

  /** Where a path of this repository is. */
  url(path: string): string {
    return URL.canParse(path)
      ? path
      : new URL(path.startsWith('/') ? path : `/v2/${this.#image.repository}/${path}`, this.#base).href;
  }

  close(): void {
    this.#http.dispose();
  }

  async #try(request: Request): Promise<Answer> {
    const first = await this.#send(request);
    // Whom the registry points at may not say where its password is to be taken.
    if (first.status !== 401 || first.origin !== this.#base) return first;
    const challenge = parseChallenge(first.headers['www-authenticate'] ?? '');
    const login = challenge && (await this.#authorize(challenge));
    if (typeof login !== 'string') return login ?? first;
    if (login === this.#authorization) return first;
    this.#authorization = login;
    return this.#send(request);
  }

  #send(request: Request): Promise<Answer> {
    // Credentials go to the registry alone, never to a storage host that it points at.
    return this.#follow(request, this.url(request.path), this.#base, this.#authorization);
  }

  /** @param owner the origin that is shown `authorization`, and no other */
  async #follow(
    request: Omit<Request, 'path'>,
    first: string,
    owner: string,
    authorization: string | undefined,
  ): Promise<Answer> {
    let url = first;
    for (let redirects = 0; ; redirects++) {
      const own = authorization !== undefined && new URL(url).origin === owner;
      const headers = { ...request.headers, ...(own && { authorization }) };
      const { message } = await this.#http.request(request.method, url, request.body?.() ?? '', headers);
      const answer = await answerOf(message, new URL(url).origin, request.bytes);
      const next = redirects < MOST_REDIRECTS ? redirectOf(request.method, answer, url) : undefined;
      if (next === undefined) return answer;
      url = next;
    }
  }

  /** @returns what to show, or how its token service answered where that may pass; undefined where there is no way in */
  async #authorize(challenge: Challenge): Promise<string | Answer | undefined> {
    const basic =
      this.#login &&
      `Basic ${Buffer.from(`${this.#login.username}:${this.#login.password}`).toString('base64')}`;
    if (challenge.scheme === 'basic') return basic;
    const realm = new URL(challenge.realm);
    if (realm.protocol !== 'https:' && !isLoopback(realm.host)) return undefined; // no password over plain HTTP
    const url = tokenUrl(challenge, `repository:${this.#image.repository}:pull,push`);
    const answer = await this.#follow({ method: 'GET' }, url, realm.origin, basic);
    if (isPassing(answer.status)) return answer;
    if (answer.status !== 200) return undefined;
    const { token, access_token } = JSON.parse(answer.body) as { token?: unknown; access_token?: unknown };
    const given = token ?? access_token;
    return typeof given === 'string' ? `Bearer ${given}` : undefined;
  }

  #unreachable(cause: Error): ActionError {
    return new ActionError(
      'registry-unreachable',
      `The registry ${this.#image.registry} cannot be reached: ${cause.message}`,
      {
        remedy:
          'Check the host and port in the input  image. A registry on this machine without TLS needs  registry-insecure: true',
        cause,
      },
    );
  }
}

/** Milliseconds: what the registry asks for, else doubling from half a second, with jitter. */
export function retryDelay(attempt: number, retryAfter: string | undefined): number {
  const asked = Number(retryAfter) * 1000;
  if (retryAfter !== undefined && asked >= 0) return Math.min(asked, LONGEST_WAIT);
  return 500 * 2 ** (attempt - 1) * (0.5 + Math.random());
}

function isPassing(status: number): boolean {
  return status === 429 || status >= 500;
}

/** Where it is answered instead: what is kept, so that it is asked as it was; never in the clear what was encrypted. */
function redirectOf(
  method: Request['method'],
  { status, headers }: Answer,
  from: string,
): string | undefined {
  const { location } = headers;
  const followed = method === 'GET' || method === 'HEAD' ? [301, 302, 303, 307, 308] : [307, 308];
  if (!followed.includes(status) || !location || !URL.canParse(location, from)) return undefined;
  const to = new URL(location, from);
  const safe = to.protocol === 'https:' || (to.protocol === 'http:' && from.startsWith('http:'));
  return safe ? to.href : undefined;
}

async function answerOf(message: IncomingMessage, origin: string, bytes = BODY_BYTES): Promise<Answer> {
  const body = (await readBody(message, bytes)).toString('utf8');
  return { origin, status: message.statusCode ?? 0, headers: message.headers, body };
}

function asFailure(error: unknown): Error {
  if (error instanceof AggregateError && error.message === '') return new Error(messageOf(error.errors[0]));
  return error instanceof Error ? error : new Error(String(error));
}
