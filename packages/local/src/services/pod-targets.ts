/** The part of a pod that decides whether and where it is scraped. */
export interface PodSummary {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly status?: { readonly phase?: string };
}

/** One entry of Prometheus' file-based discovery. */
export interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Pods annotated `prometheus.io/scrape: "true"` and `prometheus.io/port`, as targets that are reached through the API
 * server's proxy: so it is the same for a cluster on this machine, in kind, or far away. Pure.
 * @param api host:port of a read-only `kubectl proxy`
 */
export function podTargets(pods: readonly PodSummary[], api: string): TargetGroup[] {
  return pods.flatMap(({ metadata, status }) => {
    const port = metadata.annotations?.['prometheus.io/port'] ?? '';
    const wanted = metadata.annotations?.['prometheus.io/scrape'] === 'true' && /^\d{1,5}$/.test(port);
    if (!wanted || status?.phase !== 'Running' || metadata.deletionTimestamp !== undefined) return [];
    const labels: Record<string, string> = {
      __metrics_path__: `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}:${port}/proxy/metrics`,
      namespace: metadata.namespace,
      pod: metadata.name,
      instance: metadata.name,
    };
    const app = metadata.labels?.['app.kubernetes.io/name'];
    if (app !== undefined) labels.app = app;
    return [{ targets: [api], labels }];
  });
}
