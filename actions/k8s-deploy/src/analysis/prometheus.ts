import { ActionError, messageOf } from '@fairway/action-kit';
import { list, string, tree } from '@fairway/action-kit/tree';
import { ApiError } from '../cluster/api-error.js';
import type { KubeClient } from '../cluster/client.js';
import { loginOf } from '../login.js';

/** Where PromQL is asked: an address, or a Service that the API server reaches for us. */
export type PrometheusTarget =
  | { readonly via: 'address'; readonly url: URL; readonly token: string; readonly tenant: string }
  | {
      readonly via: 'service';
      readonly namespace: string;
      readonly service: string;
      readonly port: string;
      readonly prefix: string;
      readonly tenant: string;
    };

export interface Reading {
  readonly value?: number;
  readonly problem?: string;
  /** The query is wrong in itself; it will never have an answer. */
  readonly isRefused?: boolean;
}

const ANSWER_MS = 10_000;
const ANSWER_BYTES = 1024 * 1024;

/**
 * Reads the input `prometheus-url`: `https://mimir.example.com/prometheus`, `service/prometheus:9090` or
 * `service/NAMESPACE/prometheus:9090/prefix`.
 * @throws ActionError 'bad-input'
 */
export function parsePrometheus(
  text: string,
  settings: { readonly namespace: string; readonly token: string; readonly tenant: string },
): PrometheusTarget {
  const { namespace, token, tenant } = settings;
  const name = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
  const match = new RegExp(`^service/(?:(${name})/)?(${name}):([a-z0-9-]+)(/[\\w./-]*)?$`).exec(text);
  if (match?.[2] && match[3]) {
    const prefix = (match[4] ?? '').replace(/\/+$/, '');
    return {
      via: 'service',
      namespace: match[1] ?? namespace,
      service: match[2],
      port: match[3],
      prefix,
      tenant,
    };
  }
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) {
    return { via: 'address', url: new URL(text), token, tenant };
  }
  throw new ActionError('bad-input', "The input 'prometheus-url' is neither an address nor a service.", {
    remedy:
      'Write  prometheus-url: https://prometheus.example.com  or, for one inside the cluster,  prometheus-url: service/monitoring/prometheus:9090',
  });
}

/** Asks an instant query. What goes wrong is a reading without a value, never an exception. */
export async function ask(
  target: PrometheusTarget,
  query: string,
  client: KubeClient,
  signal: AbortSignal,
): Promise<Reading> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  try {
    if (target.via === 'address') return await askAddress(target, query, deadline);
    const { namespace, service, port, prefix, tenant } = target;
    const place = `/api/v1/namespaces/${namespace}/services/${service}:${port}/proxy${prefix}`;
    const body = await client.connection.bytes({
      method: 'GET',
      path: `${place}/api/v1/query?${new URLSearchParams({ query })}`,
      doing: 'Asking Prometheus',
      headers: tenantHeaders(tenant),
      once: true,
      silenceMs: ANSWER_MS,
      signal: deadline,
    });
    return readAnswer(body.toString('utf8'));
  } catch (error) {
    if (error instanceof ApiError) {
      const said = error.message.replace(/^Asking Prometheus: /, '');
      return error.status === 400
        ? readAnswer(said)
        : { problem: `HTTP ${error.status} ${said}`.slice(0, 300) };
    }
    if (error instanceof Error && error.name === 'TimeoutError') return { problem: 'no answer within 10 s' };
    const cause = error instanceof Error && error.cause ? ` (${messageOf(error.cause)})` : '';
    return { problem: `Prometheus does not answer: ${messageOf(error)}${cause}` };
  }
}

/** How Mimir (and Cortex, Loki) and Thanos are told whose data is meant; each passes over the other's. */
function tenantHeaders(tenant: string): Record<string, string> {
  return tenant === '' ? {} : { 'x-scope-orgid': tenant, 'thanos-tenant': tenant };
}

async function askAddress(
  { url, token, tenant }: Extract<PrometheusTarget, { via: 'address' }>,
  query: string,
  signal: AbortSignal,
): Promise<Reading> {
  const { address, authorization: login } = loginOf(url.href);
  const endpoint = new URL(address);
  endpoint.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v1/query`;
  const authorization = token === '' ? login : `Bearer ${token}`;
  // POST, because a query that names many pods is longer than what proxies allow in an address.
  const answer = await fetch(endpoint, {
    method: 'POST',
    body: new URLSearchParams({ query }),
    redirect: 'manual', // the token is for this host only
    headers: {
      accept: 'application/json',
      ...(authorization !== '' && { authorization }),
      ...tenantHeaders(tenant),
    },
    signal,
  });
  const body = await answer.text();
  if (body.length > ANSWER_BYTES)
    return { problem: 'the answer is larger than 1 MiB: aggregate it in the query' };
  if (answer.ok || answer.status === 400 || answer.status === 422) return readAnswer(body);
  return { problem: `Prometheus answered HTTP ${answer.status}` };
}

/**
 * Reads the answer to an instant query. Source: https://prometheus.io/docs/prometheus/latest/querying/api/
 * More than one series is no number: which of them was meant is the query's to say.
 */
export function readAnswer(body: string): Reading {
  const answer = tree(parseJson(body));
  if (answer.status === 'error') {
    const said = `${string(answer.errorType)}: ${string(answer.error)}`.replace(/\s+/g, ' ').slice(0, 300);
    return { problem: said, isRefused: answer.errorType === 'bad_data' };
  }
  if (answer.status !== 'success') return { problem: 'the answer is not one of Prometheus' };
  const { resultType, result } = tree(answer.data);
  if (resultType === 'scalar') return readPoint(result);
  if (resultType !== 'vector')
    return { problem: `the query gives a ${string(resultType) || 'thing'}, not a number` };
  const series = list(result);
  if (series.length === 0) return { problem: 'no data' };
  if (series.length > 1) {
    return {
      problem: `the query gives ${series.length} series: make it one, for example with sum(…) or max(…)`,
    };
  }
  return readPoint(tree(series[0]).value);
}

function readPoint(point: unknown): Reading {
  const text = string(list(point)[1]);
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? { value } : { problem: `no data (${text.slice(0, 20) || 'no number'})` };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
