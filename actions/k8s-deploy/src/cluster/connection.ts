import type { IncomingMessage } from 'node:http';
import { ActionError, debug, messageOf } from '@fairway/action-kit';
import { pause } from '@fairway/exec-kit';
import { readRefusal } from './api-error.js';
import { type Access, writeKubeconfig } from './kubeconfig.js';
import { type Call, openTransport, type Transport } from './transport.js';
import { isCertificateTrouble, isRefused, unreachable } from './unreachable.js';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with query. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  /** More headers, for a Service that the API server passes the request on to. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What is being done, as the beginning of an error: `Applying Deployment web`. */
  readonly doing: string;
  readonly signal?: AbortSignal;
  /** Milliseconds without a byte after which the call counts as dead. Default 30,000. */
  readonly silenceMs?: number;
  /** Whatever the answer, it is the answer: the caller repeats by its own rules. */
  readonly once?: boolean;
  /** A POST that leaves nothing behind (a review), and may be repeated. */
  readonly harmless?: boolean;
}

/** How long an API server that answered before may be away: restarts and failovers of a control plane. */
const OUTAGE_MS = 60_000;
/** How long one that never answered is tried: a wrong address should not cost a minute. */
const FIRST_CONTACT_MS = 4_000;
/** How long after it was away a server may know nobody yet: it serves before it has read who may do what. */
const SETTLING_MS = 15_000;
/** Tries of a reading that the server itself fails at (500): a leader changes, or something is broken for good. */
const OWN_FAULTS = 5;
/** Tries of what is refused by a server that was away just now; what is never allowed must not cost much longer. */
const REFUSALS = 5;

/**
 * Talks to one API server: credentials renewed once after a 401, 429 and 503 waited for as Retry-After says, and what
 * may be repeated is repeated while the server is away, or a proxy before it breaks off.
 */
export class Connection {
  /** Requests sent, for the summary and for benchmarks. */
  requests = 0;
  readonly #access: Access;
  #transport: Promise<Transport> | undefined;
  #answered = false;
  /** When the server could last not be reached, by our clock. */
  #brokeAt = 0;
  /** Server clock minus ours, in milliseconds. */
  #skewMs = 0;

  readonly #sockets: number | undefined;

  /** @param sockets the most connections at once */
  constructor(access: Access, sockets?: number) {
    this.#access = access;
    this.#sockets = sockets;
  }

  /** Another one to the same server, whose requests do not wait for this one's. */
  apart(sockets: number): Connection {
    return new Connection(this.#access, sockets);
  }

  get server(): string {
    return this.#access.server.host;
  }

  /** A kubeconfig with the present credential in it, as JSON, for a program that asks the cluster itself. A secret. */
  async kubeconfig(namespace: string): Promise<string> {
    return writeKubeconfig(this.#access, await this.#access.credential(false), namespace);
  }

  /** The API server's time: two runners that agree on a lease need one clock. */
  now(): Date {
    return new Date(Date.now() + this.#skewMs);
  }

  /** @throws ApiError for a refusal; ActionError 'unreachable' */
  async json(request: ApiRequest): Promise<unknown> {
    return JSON.parse((await this.bytes(request)).toString('utf8'));
  }

  async bytes(request: ApiRequest): Promise<Buffer> {
    const began = Date.now();
    for (let attempt = 0; ; attempt++) {
      const answer = await this.open(request);
      const read = await readAll(answer).catch((error: unknown) => error as Error);
      if (!(read instanceof Error)) return read;
      await this.#orUnreachable(read, request, attempt, Date.now() - began);
    }
  }

  /** The answer as it begins to arrive; its status is 2xx. */
  async open(request: ApiRequest): Promise<IncomingMessage> {
    let renewed = false;
    const began = Date.now();
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#send(request, renewed).catch((error: unknown) => error as Error);
      if (answer instanceof Error) {
        this.#brokeAt = Date.now();
        await this.#orUnreachable(answer, request, attempt, Date.now() - began);
        continue;
      }
      const status = answer.statusCode ?? 0;
      if (status >= 200 && status < 300) return answer;
      if (status === 502 || status === 503 || status === 504) this.#brokeAt = Date.now();
      const body = await readAll(answer).catch(() => Buffer.alloc(0));
      if (status === 401 && !renewed) {
        renewed = true;
        continue;
      }
      if (Date.now() - began < OUTAGE_MS && this.#isPassing(status, body, request, attempt)) {
        await pause(retryAfterMs(answer.headers['retry-after'], attempt), request.signal);
        continue;
      }
      throw readRefusal(status, body, request.doing);
    }
  }

  /** Whether the same question may well have another answer in a moment. */
  #isPassing(status: number, body: Buffer, request: ApiRequest, attempt: number): boolean {
    if (request.once) return false;
    if (status === 429) return true;
    if (status === 401 || status === 403) {
      return attempt < REFUSALS && Date.now() - this.#brokeAt < SETTLING_MS;
    }
    if (request.method === 'POST' && !request.harmless) return false;
    if (status === 500) {
      const isStorage = /etcdserver|leader changed|context deadline exceeded/.test(body.toString('utf8'));
      return attempt < OWN_FAULTS && (request.method === 'GET' || isStorage);
    }
    return status === 502 || status === 503 || status === 504;
  }

  async #send(request: ApiRequest, renew: boolean): Promise<IncomingMessage> {
    this.#transport ??= openTransport(this.#access, this.#sockets);
    const [send, credential] = await Promise.all([this.#transport, this.#access.credential(renew)]);
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const call: Call = {
      method: request.method,
      path: request.path,
      headers: {
        ...request.headers,
        accept: request.accept ?? 'application/json',
        'user-agent': 'fairway-k8s-deploy',
        ...(body !== undefined && {
          'content-type': request.contentType ?? 'application/json',
          'content-length': String(Buffer.byteLength(body)),
        }),
      },
      silenceMs: request.silenceMs ?? 30_000,
      ...(body !== undefined && { body }),
      ...(request.signal && { signal: request.signal }),
    };
    this.requests++;
    const answer = await send(call, credential);
    this.#answered = true;
    const date = Date.parse(answer.headers.date ?? '');
    if (!Number.isNaN(date)) this.#skewMs = closer(this.#skewMs, date - Date.now());
    return answer;
  }

  /** Waits before the next try, or gives up with what it was. */
  async #orUnreachable(error: Error, request: ApiRequest, attempt: number, elapsedMs: number): Promise<void> {
    if (error instanceof ActionError || request.signal?.aborted) throw error;
    const patience = this.#answered ? OUTAGE_MS : FIRST_CONTACT_MS;
    // A POST may have been carried out before the connection broke; repeating it could do it twice.
    const repeatable =
      !request.once && (request.method !== 'POST' || request.harmless === true || isRefused(error));
    if (!repeatable || isCertificateTrouble(error) || elapsedMs >= patience) {
      throw unreachable(this.server, error, request.doing);
    }
    debug(`${request.doing}: ${messageOf(error)}; trying again.`);
    await pause(Math.min(2_000, 100 * 2 ** attempt), request.signal);
  }
}

/** Date headers have whole seconds, so a difference below two of them is no difference. */
function closer(known: number, seen: number): number {
  return Math.abs(seen - known) < 2_000 ? known : seen;
}

function retryAfterMs(header: string | undefined, attempt: number): number {
  const seconds = Number(header);
  return header !== undefined && seconds >= 0
    ? Math.min(seconds, 30) * 1000
    : Math.min(5_000, 250 * 2 ** attempt);
}

async function readAll(answer: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
