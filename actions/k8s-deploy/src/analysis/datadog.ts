import { ActionError, messageOf } from '@fairway/action-kit';
import { at, list, string, tree } from '@fairway/action-kit/tree';
import type { Reading } from './prometheus.js';

const ANSWER_MS = 10_000;
const ANSWER_BYTES = 1024 * 1024;
/** Without a word of Datadog, so long is nothing asked after it said that there was too much. */
const QUIET_MS = 30_000;

/** Sources of a question to Datadog: https://docs.datadoghq.com/api/latest/metrics/ (MetricsAggregator) */
export const AGGREGATORS = ['avg', 'min', 'max', 'sum', 'last', 'mean', 'area', 'l2norm'] as const;

export interface DatadogQuestion {
  /** Queries of metrics by the names that the formula gives them. */
  readonly queries: Readonly<Record<string, string>>;
  readonly formula: string;
  /** What makes one number of each query's points. */
  readonly aggregator: (typeof AGGREGATORS)[number];
  /** Milliseconds until now that are asked about. */
  readonly windowMs: number;
}

/** Datadog, as one account sees it. Its keys go to that site and nowhere else. */
export class Datadog {
  readonly #endpoint: URL;
  readonly #keys: { readonly api: string; readonly app: string };
  #quietUntil = 0;

  constructor(endpoint: URL, keys: { readonly api: string; readonly app: string }) {
    this.#endpoint = endpoint;
    this.#keys = keys;
  }

  /** Asks for one number. What goes wrong is a reading without a value, never an exception. */
  async ask(question: DatadogQuestion, signal: AbortSignal): Promise<Reading> {
    const waitMs = this.#quietUntil - Date.now();
    if (waitMs > 0) return { problem: tooMany(waitMs) };
    try {
      const answer = await fetch(this.#endpoint, {
        method: 'POST',
        body: JSON.stringify(requestOf(question, Date.now())),
        redirect: 'manual', // the keys are for this host only
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'dd-api-key': this.#keys.api,
          'dd-application-key': this.#keys.app,
        },
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      });
      if (answer.status === 429) {
        const resetMs = Number(answer.headers.get('x-ratelimit-reset') ?? Number.NaN) * 1000;
        this.#quietUntil = Date.now() + (Number.isFinite(resetMs) && resetMs > 0 ? resetMs : QUIET_MS);
        return { problem: tooMany(this.#quietUntil - Date.now()) };
      }
      const body = await answer.text();
      if (body.length > ANSWER_BYTES) return { problem: 'the answer of Datadog is larger than 1 MiB' };
      return answer.ok ? readScalar(body) : refusal(answer.status, body);
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError')
        return { problem: 'no answer within 10 s' };
      const cause = error instanceof Error && error.cause ? ` (${messageOf(error.cause)})` : '';
      return { problem: `Datadog does not answer: ${messageOf(error)}${cause}` };
    }
  }
}

function tooMany(waitMs: number): string {
  return `Datadog's rate limit is reached (HTTP 429); it may be asked again in ${Math.ceil(waitMs / 1000)} s`;
}

/**
 * Reads the input `datadog-site`: a site of Datadog, or the whole address of what stands before it.
 * @throws ActionError 'bad-input'
 */
export function datadogEndpoint(site: string): URL {
  if (/^([a-z0-9]+\.)?(datadoghq\.com|datadoghq\.eu|ddog-gov\.com)$/.test(site)) {
    return new URL(`https://api.${site}/api/v2/query/scalar`);
  }
  const address = /^https?:\/\//.test(site) && URL.canParse(site) ? new URL(site) : undefined;
  if (address && address.username === '' && address.search === '') {
    return new URL(`${address.href.replace(/\/+$/, '')}/api/v2/query/scalar`);
  }
  throw new ActionError('bad-input', "The input 'datadog-site' is no site of Datadog.", {
    remedy:
      'Write  datadog-site: datadoghq.eu , or  us3.datadoghq.com , as the address of your account says.',
  });
}

/** Source: https://docs.datadoghq.com/api/latest/metrics/#query-scalar-data-across-multiple-products */
export function requestOf(question: DatadogQuestion, nowMs: number): object {
  const { queries, formula, aggregator, windowMs } = question;
  return {
    data: {
      type: 'scalar_request',
      attributes: {
        from: nowMs - windowMs,
        to: nowMs,
        formulas: [{ formula }],
        queries: Object.entries(queries).map(([name, query]) => ({
          data_source: 'metrics',
          name,
          query,
          aggregator,
        })),
      },
    },
  };
}

/**
 * Reads the answer to a scalar query: columns of values, of which one that is a number and has one value is wanted.
 * Nothing measured is an empty column, or null in its place.
 */
export function readScalar(body: string): Reading {
  const answer = tree(parseJson(body));
  const said = errorsOf(answer);
  if (said !== '') return { problem: said };
  const columns = list(at(answer, 'data', 'attributes', 'columns')).map(tree);
  if (at(answer, 'data', 'type') !== 'scalar_response') {
    return { problem: 'the answer is not one of Datadog' };
  }
  const values = columns.filter(({ type }) => type === 'number').flatMap((column) => list(column.values));
  if (columns.some(({ type }) => type === 'group') || values.length > 1) {
    return { problem: `the query gives ${values.length} values: make it one, without 'by {…}'` };
  }
  const [value] = values;
  return typeof value === 'number' && Number.isFinite(value) ? { value } : { problem: 'no data' };
}

/** A query that is wrong, or keys that are not accepted, never have an answer. */
function refusal(status: number, body: string): Reading {
  const said = errorsOf(tree(parseJson(body)));
  const problem = `HTTP ${status}${said === '' ? '' : `: ${said}`}`;
  return { problem, ...([400, 401, 403].includes(status) && { isRefused: true }) };
}

/** Datadog gives `errors` as a list of texts where it refuses, and documents one text where it answers. */
function errorsOf(answer: Readonly<Record<string, unknown>>): string {
  const { errors } = answer;
  const texts = typeof errors === 'string' ? [errors] : list(errors).map(string);
  return texts.join('; ').replace(/\s+/g, ' ').slice(0, 300);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
