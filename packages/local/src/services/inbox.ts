import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** A notification exactly as it arrived. */
export interface Notification {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The status the inbox answered with. */
  readonly status: number;
}

export interface Inbox {
  readonly url: string;
  received(): readonly Notification[];
  stop(): Promise<void>;
}

export interface InboxOptions {
  readonly port?: number;
  /** The status answered on a path; every other path answers 200. Default: `/broken` answers 500. */
  readonly answers?: Readonly<Record<string, number>>;
  /** Called for each notification, as it arrives. */
  readonly onReceived?: (notification: Notification) => void;
}

/** Bytes kept of one body; more is refused with 413, as real receivers do. */
const BODY_LIMIT = 1024 * 1024;

/**
 * Starts the inbox: an HTTP server on loopback that takes every POST or PUT as a notification and keeps it.
 * `GET /received` lists what came as JSON; `DELETE /received` forgets it.
 */
export async function startInbox(options: InboxOptions = {}): Promise<Inbox> {
  const answers: Readonly<Record<string, number>> = options.answers ?? { '/broken': 500 };
  const received: Notification[] = [];
  const server = createServer((request, response) => {
    take(request, response, answers, received, options.onReceived).catch((error: unknown) => {
      response.writeHead(400).end(String(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the inbox has no TCP address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    received: () => [...received],
    stop: () => close(server),
  };
}

async function take(
  request: IncomingMessage,
  response: ServerResponse,
  answers: Readonly<Record<string, number>>,
  received: Notification[],
  onReceived: InboxOptions['onReceived'],
): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://inbox').pathname;
  const method = request.method ?? 'GET';
  if (path === '/received' && method === 'GET') return json(response, 200, received);
  if (path === '/received' && method === 'DELETE') {
    received.length = 0;
    return json(response, 200, []);
  }
  if (method !== 'POST' && method !== 'PUT') return json(response, 405, { error: 'POST a notification' });
  const body = await readBody(request);
  if (body === undefined) return json(response, 413, { error: `more than ${BODY_LIMIT} bytes` });
  const status = (Object.hasOwn(answers, path) ? answers[path] : undefined) ?? 200;
  const notification: Notification = {
    at: new Date().toISOString(),
    method,
    path,
    headers: plainHeaders(request),
    body,
    status,
  };
  received.push(notification);
  onReceived?.(notification);
  json(response, status, status < 400 ? { ok: true } : { error: `answering ${status} as told to` });
}

/** Reads to the end, so that the sender gets our answer, but keeps no more than the limit. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_LIMIT) chunks.push(chunk);
  }
  return size > BODY_LIMIT ? undefined : Buffer.concat(chunks).toString('utf8');
}

function plainHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  return headers;
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(value)}\n`);
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
