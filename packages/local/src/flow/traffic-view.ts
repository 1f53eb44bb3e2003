import { at, list, text } from '../engine/json-value.js';

/** What Prometheus has counted of one pod's requests within a span of time, without those of probes. */
export interface PodTraffic {
  readonly pod: string;
  readonly requests: number;
  /** Of these, answered with 5xx. */
  readonly errors: number;
}

/**
 * The requests to each pod of a namespace that Prometheus saw within so many seconds, also of pods that are gone. A pod
 * counts from its start, so what it had counted by then is taken off. (Prometheus' HTTP API: GET /api/v1/query, an instant vector.)
 */
export async function countedTraffic(
  prometheus: string,
  namespace: string,
  seconds: number,
): Promise<readonly PodTraffic[]> {
  const series = `photo_app_http_requests_total{namespace="${namespace}",route!~"/healthz|/readyz|/metrics"}`;
  const span = `${Math.ceil(seconds)}s`;
  const ask = async (counts: string) => {
    const query = encodeURIComponent(`sum by (pod, status) (${counts})`);
    const answer = await fetch(`${prometheus}/api/v1/query?query=${query}`);
    return answer.json();
  };
  const [total, earlier] = await Promise.all([
    ask(`max_over_time(${series}[${span}])`),
    ask(`${series} offset ${span}`),
  ]);
  return readTraffic(total, earlier);
}

/** The traffic of each pod from Prometheus' answers: what it had counted in the end, and before. Pure. */
export function readTraffic(total: unknown, earlier: unknown): readonly PodTraffic[] {
  const before = new Map(samples(earlier).map(({ pod, status, count }) => [`${pod} ${status}`, count]));
  const pods = new Map<string, PodTraffic>();
  for (const { pod, status, count: all } of samples(total)) {
    const count = Math.max(0, all - (before.get(`${pod} ${status}`) ?? 0));
    const isError = status.startsWith('5');
    const { requests, errors } = pods.get(pod) ?? { requests: 0, errors: 0 };
    pods.set(pod, { pod, requests: requests + count, errors: errors + (isError ? count : 0) });
  }
  return [...pods.values()];
}

function samples(answer: unknown) {
  return list(at(answer, 'data', 'result')).map((sample) => ({
    pod: text(at(sample, 'metric', 'pod')),
    status: text(at(sample, 'metric', 'status')),
    count: Number(text(list(at(sample, 'value'))[1])) || 0,
  }));
}
