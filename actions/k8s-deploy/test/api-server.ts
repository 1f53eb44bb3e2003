import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown> & { metadata: Record<string, unknown> };

/** What to answer instead of the truth, once. */
export interface Fault {
  readonly when: (request: { readonly method: string; readonly path: string }) => boolean;
  readonly answer: (response: ServerResponse) => void;
}

/**
 * The wire contract of an API server, without anything behind it: objects kept by path, versions counted, watches
 * served from a log that can be forgotten. What Kubernetes itself does with objects is tested on a real one.
 */
export class LoopbackApi {
  readonly requests: { readonly method: string; readonly path: string; readonly authorization: string }[] =
    [];
  readonly faults: Fault[] = [];
  /** What SelfSubjectAccessReviews say; the rules of each namespace allow everything, unless a fault says otherwise. */
  allowed = false;
  port = 0;
  readonly #objects = new Map<string, Json>();
  readonly #log: {
    readonly version: number;
    readonly path: string;
    readonly type: string;
    readonly object: Json;
  }[] = [];
  readonly #watches = new Set<{ readonly path: string; readonly response: ServerResponse }>();
  readonly #server: Server;
  #version = 100;
  #oldest = 0;

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(port = 0): Promise<LoopbackApi> {
    const api = new LoopbackApi();
    await new Promise<void>((done) => api.#server.listen(port, '127.0.0.1', done));
    api.port = (api.#server.address() as AddressInfo).port;
    return api;
  }

  get kubeconfig(): string {
    return JSON.stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace: 'stage' } }],
      clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${this.port}` } }],
      users: [{ name: 'u', user: { token: 'loopback-token' } }],
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  object(path: string): Json | undefined {
    return this.#objects.get(path);
  }

  paths(): string[] {
    return [...this.#objects.keys()].sort();
  }

  /** Writes as some controller would. */
  put(path: string, object: Json): Json {
    const known = this.#objects.get(path);
    const { resourceVersion: _new, ...metadata } = object.metadata;
    const { resourceVersion: _old, ...before } = known?.metadata ?? { resourceVersion: '' };
    const next = { ...object, metadata: { uid: path, ...before, ...metadata } };
    if (
      known &&
      JSON.stringify({ ...known, metadata: before }) ===
        JSON.stringify({ ...next, metadata: { ...next.metadata } })
    )
      return known;
    const kept = { ...next, metadata: { ...next.metadata, resourceVersion: String(++this.#version) } };
    this.#objects.set(path, kept);
    this.#tell(path, known ? 'MODIFIED' : 'ADDED', kept);
    return kept;
  }

  remove(path: string): boolean {
    const known = this.#objects.get(path);
    if (!known) return false;
    this.#objects.delete(path);
    this.#version++;
    this.#tell(path, 'DELETED', known);
    return true;
  }

  /** Breaks every open watch; with `forget`, what happened before can no longer be watched from. */
  dropWatches(forget = false): void {
    if (forget) this.#oldest = ++this.#version;
    for (const { response } of this.#watches) response.destroy();
    this.#watches.clear();
  }

  #tell(path: string, type: string, object: Json): void {
    this.#log.push({ version: this.#version, path, type, object });
    for (const watch of this.#watches) {
      if (path.startsWith(`${watch.path}/`)) watch.response.write(`${JSON.stringify({ type, object })}\n`);
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    const method = request.method ?? 'GET';
    this.requests.push({
      method,
      path: request.url ?? '',
      authorization: request.headers.authorization ?? '',
    });
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const fault = this.faults.findIndex(({ when }) => when({ method, path: request.url ?? '' }));
    if (fault >= 0) return this.faults.splice(fault, 1)[0]?.answer(response);
    const body = parts.length > 0 ? (JSON.parse(Buffer.concat(parts).toString()) as Json) : undefined;
    if (searchParams.get('watch') === 'true')
      return this.#watch(pathname, Number(searchParams.get('resourceVersion')), response);
    const isMerge = request.headers['content-type'] === 'application/merge-patch+json';
    const whole = isMerge ? (merged(this.#objects.get(pathname), body) as Json) : body;
    const answer = this.#answer(method, pathname, searchParams, whole);
    response
      .writeHead(answer.status, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer.body));
  }

  #watch(path: string, from: number, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json' });
    if (from < this.#oldest) {
      const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
      response.end(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
      return;
    }
    response.flushHeaders();
    this.#watches.add({ path, response });
    for (const entry of this.#log) {
      if (entry.version > from && entry.path.startsWith(`${path}/`)) {
        response.write(`${JSON.stringify({ type: entry.type, object: entry.object })}\n`);
      }
    }
  }

  #answer(
    method: string,
    path: string,
    query: URLSearchParams,
    body: Json | undefined,
  ): { status: number; body: unknown } {
    const created = `${path}/${String(body?.metadata?.name)}`;
    if (path.endsWith('/selfsubjectrulesreviews')) {
      const all = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
      return { status: 201, body: { status: { resourceRules: [all], incomplete: false } } };
    }
    if (path.endsWith('/selfsubjectaccessreviews'))
      return { status: 201, body: { status: { allowed: this.allowed } } };
    if (method === 'POST' && body) return { status: 201, body: this.put(created, body) };
    const found = this.#objects.get(path);
    if (method === 'GET' && found) return { status: 200, body: found };
    if (method === 'GET' && /s$/.test(path)) {
      const items = [...this.#objects]
        .filter(([key]) => key.startsWith(`${path}/`))
        .map(([, object]) => object)
        .filter(({ metadata }) => hasLabels(metadata.labels, query.get('labelSelector') ?? ''));
      return {
        status: 200,
        body: { kind: 'List', metadata: { resourceVersion: String(this.#version) }, items },
      };
    }
    if ((method === 'PATCH' || method === 'PUT') && body) {
      return {
        status: 200,
        body:
          query.get('dryRun') === 'All'
            ? // Nothing is stored, so that the version is that of what is there.
              { ...body, metadata: { uid: path, ...body.metadata, ...versionOf(found) } }
            : this.put(path, body),
      };
    }
    if (method === 'DELETE' && this.remove(path))
      return { status: 200, body: { kind: 'Status', status: 'Success' } };
    return {
      status: 404,
      body: { kind: 'Status', code: 404, reason: 'NotFound', message: `${path} not found` },
    };
  }
}

function versionOf(found: Json | undefined): { resourceVersion?: unknown } {
  return found ? { resourceVersion: found.metadata.resourceVersion } : {};
}

/** Equality, presence and absence, which is all that these tests ask for. */
function hasLabels(labels: unknown, selector: string): boolean {
  const given = (labels ?? {}) as Record<string, string>;
  return selector
    .split(',')
    .filter((term) => term !== '')
    .every((term) => {
      const [key = '', value] = term.split('=');
      if (value === undefined && !key.startsWith('!')) return key in given;
      return key.startsWith('!') ? !(key.slice(1) in given) : given[key] === value;
    });
}

/** Source: RFC 7396, JSON Merge Patch. */
function merged(target: unknown, patch: unknown): unknown {
  const isTree = (value: unknown): value is object =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isTree(patch)) return patch;
  const result: Record<string, unknown> = { ...(isTree(target) && target) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

/** Answers with a Status, as an API server refuses. */
export function refuse(
  status: number,
  reason: string,
  message: string,
  headers: Record<string, string> = {},
) {
  return (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ kind: 'Status', code: status, reason, message }));
  };
}
