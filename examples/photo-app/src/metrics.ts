import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Config } from './config.ts';

export interface Metrics {
  readonly requests: Counter<'method' | 'route' | 'status'>;
  readonly duration: Histogram<'method' | 'route'>;
  readonly uploads: Counter<'result'>;
  readonly uploadedBytes: Counter;
  readonly uploadsInFlight: Gauge;
  readonly errors: Counter<'route'>;
  readonly contentType: string;
  /** The text that Prometheus reads. */
  text(): Promise<string>;
}

type Facts = Pick<Config, 'version' | 'cpuLimitMillicores' | 'memoryLimitBytes'>;

/** CPU, memory, event loop and descriptors of the process come from the library's default metrics. */
export function createMetrics({ version, cpuLimitMillicores, memoryLimitBytes }: Facts): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
  constant('photo_app_build_info', 'Always 1; the label tells which version runs.', 1, { version }, registry);
  if (cpuLimitMillicores) {
    constant(
      'photo_app_cpu_limit_cores',
      "The container's CPU limit.",
      cpuLimitMillicores / 1000,
      {},
      registry,
    );
  }
  if (memoryLimitBytes) {
    constant('photo_app_memory_limit_bytes', "The container's memory limit.", memoryLimitBytes, {}, registry);
  }
  const metrics: Metrics = {
    requests: new Counter({
      name: 'photo_app_http_requests_total',
      help: 'Requests answered.',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
    duration: new Histogram({
      name: 'photo_app_http_request_duration_seconds',
      help: 'From the request line to the last byte of the answer.',
      labelNames: ['method', 'route'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    uploads: new Counter({
      name: 'photo_app_uploads_total',
      help: 'Uploads by how they ended: stored, rejected (the sender can mend it), failed.',
      labelNames: ['result'],
      registers,
    }),
    uploadedBytes: new Counter({
      name: 'photo_app_uploaded_bytes_total',
      help: 'Bytes of the photos stored.',
      registers,
    }),
    uploadsInFlight: new Gauge({
      name: 'photo_app_uploads_in_flight',
      help: 'Uploads being received or stored.',
      registers,
    }),
    errors: new Counter({
      name: 'photo_app_errors_total',
      help: 'Requests that failed through a fault of the service.',
      labelNames: ['route'],
      registers,
    }),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
  // A rate over a series that does not exist yet is no data; zero is what is true.
  for (const result of ['stored', 'rejected', 'failed']) metrics.uploads.inc({ result }, 0);
  return metrics;
}

function constant(
  name: string,
  help: string,
  value: number,
  labels: Record<string, string>,
  registry: Registry,
): void {
  new Gauge({ name, help, labelNames: Object.keys(labels), registers: [registry] }).set(labels, value);
}
