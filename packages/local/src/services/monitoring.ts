import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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

/** The compiled program, also when this file runs from its source. */
const DISCOVERY = fileURLToPath(new URL('../../lib/services/discover-pods.js', import.meta.url));

/** An Alertmanager that receives and shows alerts and tells nobody. */
const SILENT = `${JSON.stringify({ route: { receiver: 'nobody' }, receivers: [{ name: 'nobody' }] })}\n`;

/** Prometheus' configuration: the targets that discover-pods finds, the caller's rules, our Alertmanager. Pure. */
export function prometheusConfig(targetsFile: string, alertmanager: string, input: MonitoringInput): string {
  const interval = `${input.intervalSeconds ?? 2}s`;
  const config = {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: input.ruleFiles ?? [],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    scrape_configs: [
      { job_name: 'pods', file_sd_configs: [{ files: [targetsFile], refresh_interval: '5s' }] },
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
  const targets = join(folder, 'targets.json');
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
    name: 'discover-pods',
    program: process.execPath,
    args: [DISCOVERY, `127.0.0.1:${proxy}`, targets],
    ready: async () => existsSync(targets),
  });
  await supervisor.start({
    name: 'prometheus',
    ...launch('prometheus', folder, [
      `--config.file=${file('prometheus.yml', prometheusConfig(targets, alertmanager, input))}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=${prometheus}`,
    ]),
    ready: httpProbe(`http://${prometheus}/-/ready`),
  });
  return { prometheus: { url: `http://${prometheus}` }, alertmanager: { url: `http://${alertmanager}` } };
}
