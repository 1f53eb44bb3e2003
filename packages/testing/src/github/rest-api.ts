import { randomUUID } from 'node:crypto';
import type { Answer, Exchange } from '../loopback/server.js';
import { findOperation, type Operation } from './description.js';
import { type Fault, FaultQueue, faultAnswer } from './fault.js';
import { paginate } from './pagination.js';
import { acceptedHeader, type Grants, isPermitted } from './permissions.js';
import { type Json, type ListReply, Refusal, type Route, type RouteReply, type Routes } from './route.js';
import { checkRoutes } from './routes/checks.js';
import { codeScanningRoutes } from './routes/code-scanning.js';
import { commentRoutes } from './routes/comments.js';
import { deploymentRoutes } from './routes/deployments.js';
import { pullRoutes } from './routes/pulls.js';
import { repositoryRoutes } from './routes/repository.js';
import { runRoutes } from './routes/runs.js';
import { statusRoutes } from './routes/statuses.js';
import type { RepositoryState } from './state.js';
import { validateAnswer, validateRequest } from './validation.js';

/** A request that a correct client would not have sent, or an answer that this server should not have given. */
export interface Violation {
  /** Such as `POST /repos/acme/photo-app/check-runs`. */
  readonly request: string;
  readonly problems: readonly string[];
}

/** API versions a client may name (https://docs.github.com/rest/about-the-rest-api/api-versions). */
const apiVersions: ReadonlySet<string> = new Set(['2022-11-28', '2026-03-10']);

/** Every operation this server serves. */
export const routes: Routes = {
  ...checkRoutes,
  ...codeScanningRoutes,
  ...commentRoutes,
  ...deploymentRoutes,
  ...pullRoutes,
  ...repositoryRoutes,
  ...runRoutes,
  ...statusRoutes,
};

export interface RestApiOptions {
  readonly state: RepositoryState;
  readonly grants: () => Grants;
  /** The one token that is accepted; any unless given. */
  readonly token?: string;
}

/** Decides what GitHub's REST API answers. Knows no sockets. */
export class RestApi {
  readonly violations: Violation[] = [];
  readonly faults = new FaultQueue();
  readonly #options: RestApiOptions;

  constructor(options: RestApiOptions) {
    this.#options = options;
  }

  /**
   * Answers one request.
   * @param bodyText the request's body as it came
   * @returns the answer, or `disconnect` when a fault asks for it
   */
  answer(exchange: Pick<Exchange, 'method' | 'url' | 'headers'>, bodyText: string): Answer | 'disconnect' {
    const { method, url } = exchange;
    const request = `${method} ${url.pathname}`;
    try {
      this.#requireCaller(exchange.headers);
      const found = findOperation(method, url.pathname);
      if (!found) throw new Refusal(404, 'Not Found: GitHub has no such operation', { mistake: true });
      const { operation, params } = found;
      const fault = this.faults.take(operation.id);
      if (fault) return fault.kind === 'disconnect' ? 'disconnect' : faulty(fault);
      const body = parseBody(bodyText);
      const verdict = validateRequest(operation, { params, query: url.searchParams, body });
      if (verdict.ignored.length > 0) this.#violate(request, verdict.ignored);
      if (verdict.refused.length > 0) {
        throw new Refusal(422, 'Validation Failed', { errors: verdict.refused });
      }
      const route = this.#route(operation, params);
      const reply = route.handle({
        params,
        query: url.searchParams,
        body: (body ?? {}) as Json,
        accept: exchange.headers.accept ?? '',
        state: this.#options.state,
        api: url.origin,
        repositoryUrl: `${url.origin}/repos/${this.#options.state.fullName}`,
        webUrl: `https://github.com/${this.#options.state.fullName}`,
        now: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
      });
      return this.#success(request, operation, route, toAnswer(reply, url));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const problems = [error.message, ...error.errors.map(({ message }) => message)];
      if (error.mistake) this.#violate(request, problems);
      return refusalAnswer(error, findOperation(method, url.pathname)?.operation);
    }
  }

  #requireCaller(headers: Exchange['headers']): void {
    if (!headers['user-agent']) {
      throw new Refusal(403, 'Request forbidden by administrative rules: a User-Agent is missing', {
        mistake: true,
      });
    }
    const token = /^(?:token|bearer) (.+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) throw new Refusal(401, 'Requires authentication', { mistake: true });
    if (this.#options.token !== undefined && token !== this.#options.token) {
      throw new Refusal(401, 'Bad credentials', { mistake: true });
    }
    const version = headers['x-github-api-version'];
    if (typeof version === 'string' && !apiVersions.has(version)) {
      throw new Refusal(400, `The API version ${version} is not supported`, { mistake: true });
    }
  }

  #route(operation: Operation, params: Readonly<Record<string, string>>): Route {
    const { state } = this.#options;
    const route = routes[operation.id];
    if (!route)
      throw new Refusal(501, `The loopback GitHub does not serve ${operation.id}`, { mistake: true });
    const repository = `${params.owner}/${params.repo}`;
    if (params.owner !== undefined && repository.toLowerCase() !== state.fullName.toLowerCase()) {
      throw new Refusal(404, 'Not Found');
    }
    if (!isPermitted(route.permissions, this.#options.grants())) {
      throw new Refusal(403, 'Resource not accessible by integration');
    }
    return route;
  }

  #success(request: string, operation: Operation, route: Route, answer: Answer): Answer {
    const raw = typeof answer.body === 'string';
    const problems = raw ? [] : validateAnswer(operation, answer.status, answer.body);
    if (problems.length > 0) {
      this.#violate(
        request,
        problems.map((problem) => `this server's answer is not as GitHub describes it: ${problem}`),
      );
    }
    const permissions = acceptedHeader(route.permissions);
    return {
      ...answer,
      headers: { ...standardHeaders(), 'x-accepted-github-permissions': permissions, ...answer.headers },
    };
  }

  #violate(request: string, problems: readonly string[]): void {
    this.violations.push({ request, problems });
  }
}

function toAnswer(reply: RouteReply | ListReply, url: URL): Answer {
  if (!('list' in reply)) return reply;
  const page = paginate(reply.list, url);
  return {
    status: 200,
    body: reply.wrap ? reply.wrap(page.items, reply.list.length) : page.items,
    headers: page.link === undefined ? {} : { link: page.link },
  };
}

function refusalAnswer(refusal: Refusal, operation: Operation | undefined): Answer {
  return {
    status: refusal.status,
    headers: standardHeaders(),
    body: {
      message: refusal.message,
      ...(refusal.errors.length > 0 ? { errors: refusal.errors } : {}),
      documentation_url: operation?.documentationUrl ?? 'https://docs.github.com/rest',
      status: String(refusal.status),
    },
  };
}

function faulty(fault: Fault): Answer {
  const answer = faultAnswer(fault.kind === 'disconnect' ? 'error' : fault.kind, fault.retryAfterSeconds);
  return { ...answer, headers: { ...standardHeaders(), ...answer.headers } };
}

function standardHeaders(): Record<string, string> {
  return {
    'x-github-media-type': 'github.v3; format=json',
    'x-github-request-id': randomUUID().toUpperCase(),
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': '4999',
    'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 3600),
    'x-ratelimit-resource': 'core',
    'x-ratelimit-used': '1',
  };
}

function parseBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Refusal(400, 'Problems parsing JSON', { mistake: true });
  }
}
