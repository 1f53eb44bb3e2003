import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ActionError } from '@fairway/action-kit';
import { which } from '@fairway/exec-kit';
import type { Launch } from './container.js';
import { freePorts } from './ports.js';
import { httpProbe } from './readiness.js';
import type { Supervisor } from './supervisor.js';

export interface MonitoringInput {
  /** Alertmanager's own configuration, as its file would hold it (JSON is YAML). Without it alerts go nowhere. */
  readonly alertmanagerConfig?: string;
  /** Absolute paths or patterns of rule files. */
  readonly ruleFiles?: readonly string[];
  /** Seconds between scrapes and between evaluations. Default 2. */
  readonly intervalSeconds?: number;
}

export interface Monitoring {
  readonly prometheus: { readonly url: string };
  readonly alertmanager: { readonly url: string };
}

/** An Alertmanager that receives and shows alerts and tells nobody. */
const SILENT = `${JSON.stringify({ route: { receiver: 'nobody' }, receivers: [{ name: 'nobody' }] })}\n`;

/**
 * Prometheus' configuration: pods annotated `prometheus.io/scrape: "true"` and `prometheus.io/port` are found and scraped through the API
 * server, so it works the same for a cluster on this machine, in kind, or far away. Pure.
 * @param api host:port of a read-only `kubectl proxy`
 */
export function prometheusConfig(api: string, alertmanager: string, input: MonitoringInput): string {
  const interval = `${input.intervalSeconds ?? 2}s`;
  const annotation = '__meta_kubernetes_pod_annotation_prometheus_io_';
  const pod = ['__meta_kubernetes_namespace', '__meta_kubernetes_pod_name'];
  const copy = (source: string, target: string) => ({ source_labels: [source], target_label: target });
  const config = {
    global: { scrape_interval: interval, evaluation_interval: interval },
    rule_files: input.ruleFiles ?? [],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    scrape_configs: [
      {
        job_name: 'pods',
        kubernetes_sd_configs: [{ role: 'pod', api_server: `http://${api}` }],
        relabel_configs: [
          { source_labels: [`${annotation}scrape`], action: 'keep', regex: 'true' },
          { source_labels: ['__meta_kubernetes_pod_phase'], action: 'keep', regex: 'Running' },
          // One target for each pod: the port that its annotation names.
          {
            source_labels: [`${annotation}port`],
            action: 'keepequal',
            target_label: '__meta_kubernetes_pod_container_port_number',
          },
          {
            source_labels: [...pod, '__meta_kubernetes_pod_container_port_number'],
            regex: '(.+);(.+);(.+)',
            replacement: '/api/v1/namespaces/$1/pods/$2:$3/proxy/metrics',
            target_label: '__metrics_path__',
          },
          { replacement: api, target_label: '__address__' },
          copy('__meta_kubernetes_namespace', 'namespace'),
          copy('__meta_kubernetes_pod_name', 'pod'),
          copy('__meta_kubernetes_pod_name', 'instance'),
          copy('__meta_kubernetes_pod_label_app_kubernetes_io_name', 'app'),
        ],
      },
    ],
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** What the proxy lets through: reading pods and what they serve, nothing else. */
export function proxyArgs(kubeconfig: string, port: number): string[] {
  return [
    ...[`--kubeconfig=${kubeconfig}`, 'proxy', '--address=127.0.0.1', `--port=${port}`],
    '--accept-paths=^/api/v1/(pods|namespaces/[^/]+/pods/[^/]+/proxy/metrics)$',
    '--reject-methods=POST,PUT,PATCH,DELETE',
  ];
}

/** How the two programs are started with their arguments: as processes, or as containers. */
export type LaunchMonitoring = (
  name: 'prometheus' | 'alertmanager',
  folder: string,
  args: readonly string[],
) => Launch;

/** Starts Alertmanager, a read-only proxy to the cluster, and Prometheus. */
export async function startMonitoring(
  supervisor: Supervisor,
  launch: LaunchMonitoring,
  kubeconfig: string,
  input: MonitoringInput = {},
): Promise<Monitoring> {
  const [alerts = 0, proxy = 0, metrics = 0] = await freePorts(3);
  const folder = join(supervisor.folders.run, 'monitoring');
  mkdirSync(folder, { recursive: true });
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const alertmanager = `127.0.0.1:${alerts}`;
  const prometheus = `127.0.0.1:${metrics}`;
  const kubectl = await which('kubectl');
  if (kubectl === undefined)
    throw new ActionError('tool-missing', 'kubectl is not on PATH.', {
      remedy: 'Put the prepared tools on PATH.',
    });
  await Promise.all([
    supervisor.start({
      name: 'alertmanager',
      ...launch('alertmanager', folder, [
        `--config.file=${file('alertmanager.yml', input.alertmanagerConfig ?? SILENT)}`,
        `--storage.path=${join(folder, 'alertmanager')}`,
        `--web.listen-address=${alertmanager}`,
        '--cluster.listen-address=',
      ]),
      ready: httpProbe(`http://${alertmanager}/-/ready`),
    }),
    supervisor.start({
      name: 'kubectl-proxy',
      program: kubectl,
      args: proxyArgs(kubeconfig, proxy),
      ready: httpProbe(`http://127.0.0.1:${proxy}/api/v1/pods`),
    }),
  ]);
  await supervisor.start({
    name: 'prometheus',
    ...launch('prometheus', folder, [
      `--config.file=${file('prometheus.yml', prometheusConfig(`127.0.0.1:${proxy}`, alertmanager, input))}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=${prometheus}`,
    ]),
    ready: httpProbe(`http://${prometheus}/-/ready`),
  });
  return { prometheus: { url: `http://${prometheus}` }, alertmanager: { url: `http://${alertmanager}` } };
}
