import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { HttpClient } from '@actions/http-client';
import { ActionError, debug, messageOf } from '@fairway/action-kit';
import { readBody } from '@fairway/action-kit/body';
import { pause } from '@fairway/exec-kit';
import { type Challenge, parseChallenge, tokenUrl } from './challenge.js';
import { type ImageName, isLoopback } from './image-name.js';
import type { Login } from './stored-login.js';

export interface Answer {
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
}

/** Bytes of an answer that are read: manifests are at most 4 MiB by the OCI distribution specification. */
const BODY_BYTES = 8 * 1024 * 1024;
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
  });
  #authorization: string | undefined;

  constructor(
    image: ImageName,
    options: { readonly login?: Login; readonly insecure: boolean; readonly attempts: number },
  ) {
    const host = image.registry === 'docker.io' ? 'registry-1.docker.io' : image.registry;
    this.#base = `${options.insecure ? 'http' : 'https'}://${host}`;
    this.#image = image;
    this.#login = options.login;
    this.attempts = options.attempts;
  }

  async ask(request: Request): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#try(request).catch((error: unknown) => asFailure(error));
      const passing = answer instanceof Error || answer.status === 429 || answer.status >= 500;
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
    if (first.status !== 401) return first;
    const challenge = parseChallenge(first.headers['www-authenticate'] ?? '');
    const authorization = challenge && (await this.#authorize(challenge));
    if (authorization === undefined || authorization === this.#authorization) return first;
    this.#authorization = authorization;
    return this.#send(request);
  }

  async #send(request: Request): Promise<Answer> {
    const url = this.url(request.path);
    // Credentials go to the registry alone, never to a storage host that it points at.
    const own = new URL(url).origin === this.#base;
    const headers = {
      ...request.headers,
      ...(own && this.#authorization !== undefined && { authorization: this.#authorization }),
    };
    const { message } = await this.#http.request(request.method, url, request.body?.() ?? '', headers);
    return { status: message.statusCode ?? 0, headers: message.headers, body: await textOf(message) };
  }

  async #authorize(challenge: Challenge): Promise<string | undefined> {
    const basic =
      this.#login &&
      `Basic ${Buffer.from(`${this.#login.username}:${this.#login.password}`).toString('base64')}`;
    if (challenge.scheme === 'basic') return basic;
    const realm = new URL(challenge.realm);
    if (realm.protocol !== 'https:' && !isLoopback(realm.host)) return undefined; // no password over plain HTTP
    const url = tokenUrl(challenge, `repository:${this.#image.repository}:pull,push`);
    const { message } = await this.#http.get(url, basic === undefined ? {} : { authorization: basic });
    const body = await textOf(message);
    if (message.statusCode !== 200) return undefined;
    const answer = JSON.parse(body) as { token?: unknown; access_token?: unknown };
    const token = answer.token ?? answer.access_token;
    return typeof token === 'string' ? `Bearer ${token}` : undefined;
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

async function textOf(message: IncomingMessage): Promise<string> {
  return (await readBody(message, BODY_BYTES)).toString('utf8');
}

function asFailure(error: unknown): Error {
  if (error instanceof AggregateError && error.message === '') return new Error(messageOf(error.errors[0]));
  return error instanceof Error ? error : new Error(String(error));
}
