import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, METHODS, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '../logger.ts';
import { Refusal } from '../refusal.ts';
import { json, type Reply, refuse, send } from './reply.ts';
import { Router } from './router.ts';
import { routes, type Service } from './routes.ts';

/** The server, not yet listening. Every request ends in one answer, one log line and one observation. */
export function createPhotoServer(service: Service, logger: Logger): Server {
  const router = new Router(routes);
  const server = createServer(
    // Longer than the keep-alive of usual load balancers: the server must not close first.
    { keepAliveTimeout: 75_000, headersTimeout: 20_000, requestTimeout: 120_000, maxHeaderSize: 16 * 1024 },
    (request, response) => {
      void answer(service, logger, router, request, response);
    },
  );
  return server;
}

async function answer(
  service: Service,
  logger: Logger,
  router: Router,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const started = performance.now();
  const requestId = readRequestId(request);
  const visit = { requestId, method: knownMethod(request), route: 'unmatched' };
  response.setHeader('x-request-id', requestId);
  response.on('close', () => observe(service, logger, visit, request, response, started));
  try {
    const reply = await decide(service, router, request, visit).catch((cause: unknown) =>
      explain(service, logger, visit, cause),
    );
    // Asked again for each answer: the signal to stop may have come while the request was open.
    if (service.draining() || reply.status === 413) response.setHeader('connection', 'close');
    await send(request, response, reply);
  } catch (cause) {
    // The visitor left, or the storage broke off in the middle: there is no way to answer any more.
    logger.warn('answer broken off', { ...visit, error: cause });
    response.destroy();
  }
}

interface Visited {
  readonly requestId: string;
  readonly method: string;
  route: string;
}

async function decide(
  service: Service,
  router: Router,
  request: IncomingMessage,
  visit: Visited,
): Promise<Reply> {
  const url = readUrl(request);
  const { route, params } = router.match(visit.method, url.pathname);
  visit.route = route.path;
  refuseForeignWrites(request);
  return route.handle(service, { request, query: url.searchParams, params });
}

/** A page of somebody else must not upload or delete through a visitor's browser. */
function refuseForeignWrites(request: IncomingMessage): void {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (!reads && request.headers['sec-fetch-site'] === 'cross-site') {
    throw new Refusal(403, 'cross-site', 'Requests from other sites cannot change anything here.');
  }
}

function readUrl(request: IncomingMessage): URL {
  try {
    return new URL(`http://photo-app${request.url}`);
  } catch {
    throw new Refusal(400, 'bad-address', 'The address of this request cannot be read.');
  }
}

/** A refusal tells how to mend it; a fault tells only the id under which the log has the rest. */
function explain(service: Service, logger: Logger, visit: Visited, cause: unknown): Reply {
  if (cause instanceof Refusal) {
    if (cause.cause) logger.warn(cause.message, { ...visit, error: cause.cause });
    return refuse(cause);
  }
  service.metrics.errors.inc({ route: visit.route });
  logger.error('request failed', { ...visit, error: cause });
  const message = `Something went wrong on our side (request ${visit.requestId}).`;
  return json(500, { error: { code: 'internal', message } });
}

function observe(
  { metrics }: Service,
  logger: Logger,
  visit: Visited,
  request: IncomingMessage,
  response: ServerResponse,
  started: number,
): void {
  const seconds = (performance.now() - started) / 1000;
  // 499: the visitor left before the answer was whole (the code that proxies log for it).
  const status = response.writableFinished ? response.statusCode : 499;
  const { method, route } = visit;
  metrics.requests.inc({ method, route, status: String(status) });
  metrics.duration.observe({ method, route }, seconds);
  const probe = route === '/healthz' || route === '/readyz' || route === '/metrics';
  logger[probe && status < 400 ? 'debug' : 'info']('request', {
    ...visit,
    path: request.url?.split('?', 1)[0],
    status,
    milliseconds: Math.round(seconds * 1e6) / 1e3,
  });
}

/** A caller's id is kept when it is harmless, so that one id follows a request through several services. */
function readRequestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
}

/** Node accepts only these; the check keeps the metric's label bounded whatever a later Node does. */
function knownMethod(request: IncomingMessage): string {
  return METHODS.includes(request.method ?? '') ? (request.method ?? '') : 'OTHER';
}
