import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a loopback service saw it, for assertions. */
export interface RecordedRequest {
  readonly method: string;
  /** Path without its query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The parsed JSON body; undefined when there was none. */
  readonly body: unknown;
  /** The status that was answered; 0 while the answer is under way. */
  status: number;
}

/** An answer; an object or array as body is sent as JSON. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  /** The whole body, for requests that are known to be small. */
  readonly text: () => Promise<string>;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** Returns the answer, or nothing when it has written to `outgoing` itself. */
export type Handler = (exchange: Exchange) => Promise<Answer | undefined>;

export interface Loopback {
  /** `http://127.0.0.1:PORT`, no trailing slash. */
  readonly url: string;
  /** Ends every connection and frees the port. */
  close(): Promise<void>;
}

export interface LoopbackOptions {
  /** TCP port; a free one unless given. */
  readonly port?: number;
}

/** Bytes of a request body held in memory; GitHub takes no more than this for a SARIF upload either. */
const bodyLimitBytes = 64 * 1024 * 1024;
const recordLimit = 10_000;

/**
 * Serves HTTP on 127.0.0.1. A handler that throws answers 500 with its message and leaves the server standing, so
 * that a long-lived process survives any request.
 */
export async function serveLoopback(handler: Handler, options: LoopbackOptions = {}): Promise<Loopback> {
  const server = createServer((incoming, outgoing) => {
    void respond(handler, incoming, outgoing);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error && !isNotRunning(error) ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

/** Keeps the newest requests, so that a server that runs for days does not grow. */
export function record(requests: RecordedRequest[], exchange: Exchange, body: unknown): RecordedRequest {
  const { method, url } = exchange;
  const entry = { method, path: url.pathname, query: Object.fromEntries(url.searchParams), body, status: 0 };
  requests.push(entry);
  if (requests.length > recordLimit) requests.shift();
  return entry;
}

async function respond(handler: Handler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  // A client that goes away mid-request is its own affair.
  incoming.on('error', () => {});
  outgoing.on('error', () => {});
  try {
    const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host ?? '127.0.0.1'}`);
    const method = incoming.method ?? 'GET';
    const text = (): Promise<string> => readText(incoming);
    const answer = await handler({ method, url, headers: incoming.headers, text, incoming, outgoing });
    if (answer) send(outgoing, method, answer);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (outgoing.headersSent) outgoing.destroy();
    else send(outgoing, incoming.method ?? 'GET', { status: 500, body: { message, msg: message } });
  } finally {
    incoming.resume();
  }
}

function send(outgoing: ServerResponse, method: string, answer: Answer): void {
  const { status, headers, body } = answer;
  const isText = typeof body === 'string' || Buffer.isBuffer(body);
  const payload = body === undefined ? '' : isText ? body : JSON.stringify(body);
  outgoing.writeHead(status, {
    ...(body === undefined || isText ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...(status === 204 || status === 304 ? {} : { 'content-length': String(Buffer.byteLength(payload)) }),
    ...headers,
  });
  outgoing.end(method === 'HEAD' ? '' : payload);
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimitBytes) throw new Error(`the request body is larger than ${bodyLimitBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function isNotRunning(error: Error): boolean {
  return 'code' in error && error.code === 'ERR_SERVER_NOT_RUNNING';
}
