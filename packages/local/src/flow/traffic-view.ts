import { at, list, text } from '../engine/json-value.js';

/** What Prometheus has counted of one pod's requests, without those of probes. */
export interface PodTraffic {
  readonly pod: string;
  readonly requests: number;
  /** Of these, answered with 5xx. */
  readonly errors: number;
}

/**
 * The requests to each pod of a namespace that Prometheus saw within so many seconds, also of pods that are gone. A pod
 * counts from its start. (Prometheus' HTTP API: GET /api/v1/query, an instant vector.)
 */
export async function countedTraffic(
  prometheus: string,
  namespace: string,
  seconds: number,
): Promise<readonly PodTraffic[]> {
  const series = `photo_app_http_requests_total{namespace="${namespace}",route!~"/healthz|/readyz|/metrics"}`;
  const expression = `sum by (pod, status) (max_over_time(${series}[${Math.ceil(seconds)}s]))`;
  const answer = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`);
  return readTraffic(await answer.json());
}

/** The traffic of each pod from an answer of Prometheus. Pure. */
export function readTraffic(answer: unknown): readonly PodTraffic[] {
  const pods = new Map<string, PodTraffic>();
  for (const sample of list(at(answer, 'data', 'result'))) {
    const pod = text(at(sample, 'metric', 'pod'));
    const count = Number(text(list(at(sample, 'value'))[1])) || 0;
    const isError = text(at(sample, 'metric', 'status')).startsWith('5');
    const { requests, errors } = pods.get(pod) ?? { requests: 0, errors: 0 };
    pods.set(pod, { pod, requests: requests + count, errors: errors + (isError ? count : 0) });
  }
  return [...pods.values()];
}
