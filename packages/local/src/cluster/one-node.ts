import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ActionError } from '@fairway/action-kit';
import { runOrThrow } from '@fairway/exec-kit';
import { freePorts } from '../services/ports.js';
import { connectProbe, httpProbe, type Probe, until } from '../services/readiness.js';
import type { Supervisor } from '../services/supervisor.js';
import { clearClusterRemains } from './clearing.js';
import { makeControlGroup } from './control-group.js';
import {
  apiServerArgs,
  type ControlPlanePorts,
  controllerManagerArgs,
  etcdArgs,
  schedulerArgs,
} from './control-plane.js';
import { hasClusterRules } from './firewall.js';
import { httpsProbe } from './https-probe.js';
import { writeKubeconfig } from './kubeconfig.js';
import { CGROUP, type ClusterLayout, clusterLayout, NETWORK } from './layout.js';
import { nodeIsReady, startNode } from './node.js';
import { cniConfig, containerdConfig, mirrorConfig } from './node-config.js';
import { makePki } from './pki.js';
import type { ClusterPrograms } from './programs.js';
import { startResourceMetrics } from './resource-metrics.js';

const API_PORT = 6443;

export interface Cluster {
  /** Of its administrator. */
  readonly kubeconfig: string;
  /** The address NodePorts are reached at. */
  readonly nodeAddress: string;
}

/**
 * Starts a real one-node Kubernetes as plain processes: etcd, API server, controllers, scheduler, containerd, kubelet,
 * kube-proxy. Ready means that the node reports Ready.
 * @param registry host:port of the loopback registry; `pauseImage` has to be in it
 */
export async function startOneNode(
  supervisor: Supervisor,
  runFolder: string,
  programs: ClusterPrograms,
  registry: string,
  pauseImage: string,
): Promise<Cluster> {
  const layout = clusterLayout(runFolder);
  await refuseOthers(layout);
  supervisor.note({ cluster: true });
  makeControlGroup(CGROUP);
  await makeBridge();
  const ports = await controlPlanePorts();
  await makePki(layout.pki);
  const server = `https://${NETWORK.node}:${ports.api}`;
  writeConfigs(layout, server, programs, registry, pauseImage);
  await startControlPlane(supervisor, layout, programs, ports);
  await startNode(supervisor, layout, programs);
  if (programs.metricsServer !== undefined)
    await startResourceMetrics(supervisor, layout, server, programs.metricsServer);
  await until(() => nodeIsReady(layout), { timeoutMs: 90_000, everyMs: 250 });
  return { kubeconfig: layout.kubeconfig, nodeAddress: NETWORK.node };
}

/**
 * Our bridge without a state file is what is left of a run whose state was deleted, unless something answers on it.
 * (Only with the bridge there is the address ours to ask: elsewhere it would be some machine's beyond a gateway.)
 */
async function refuseOthers(layout: ClusterLayout): Promise<void> {
  const bridge = existsSync(`/sys/class/net/${NETWORK.bridge}`);
  const answers = async () => connectProbe({ host: NETWORK.node, port: API_PORT })().catch(() => false);
  const taken = bridge && (await answers());
  if (bridge && !taken) await clearClusterRemains(layout);
  if (!taken && !(await hasClusterRules())) return;
  throw new ActionError('cluster-present', 'Another Kubernetes already runs on this machine.', {
    remedy: 'Set FAIRWAY_KUBECONFIG to its kubeconfig (and FAIRWAY_REGISTRY) to use it, or stop it first.',
  });
}

async function makeBridge(): Promise<void> {
  await runOrThrow('ip', ['link', 'add', NETWORK.bridge, 'type', 'bridge'], { show: 'never' });
  await runOrThrow('ip', ['address', 'add', `${NETWORK.node}/${NETWORK.prefix}`, 'dev', NETWORK.bridge], {
    show: 'never',
  });
  await runOrThrow('ip', ['link', 'set', NETWORK.bridge, 'up'], { show: 'never' });
}

async function controlPlanePorts(): Promise<ControlPlanePorts> {
  const [etcd = 0, etcdPeer = 0, controllers = 0, scheduler = 0] = await freePorts(4);
  return { etcd, etcdPeer, controllers, scheduler, api: API_PORT };
}

function writeConfigs(
  layout: ClusterLayout,
  server: string,
  programs: ClusterPrograms,
  registry: string,
  pauseImage: string,
): void {
  for (const identity of ['controller-manager', 'scheduler', 'proxy', 'kubelet'])
    writeKubeconfig(join(layout.pki, `${identity}.kubeconfig`), server, layout.pki, identity);
  writeKubeconfig(layout.kubeconfig, server, layout.pki, 'admin');
  write(layout.containerdConfig, containerdConfig({ layout, pauseImage, ...programs }));
  write(join(layout.mirrors, registry, 'hosts.toml'), mirrorConfig(registry));
  write(join(layout.cniConfig, '10-fairway.conflist'), cniConfig(layout));
}

function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

async function startControlPlane(
  supervisor: Supervisor,
  layout: ClusterLayout,
  programs: ClusterPrograms,
  ports: ControlPlanePorts,
): Promise<void> {
  await supervisor.start({
    name: 'etcd',
    program: programs.etcd,
    args: etcdArgs(layout, ports),
    ready: httpProbe(`http://127.0.0.1:${ports.etcd}/health`),
  });
  const health = (port: number, path: string, host = '127.0.0.1') => httpsProbe(layout.pki, host, port, path);
  const component = (name: string, args: readonly string[], ready: Probe) =>
    supervisor.start({ name, program: programs.kube, args: [name, ...args], ready, readyTimeoutMs: 60_000 });
  await component('kube-apiserver', apiServerArgs(layout, ports), health(ports.api, '/readyz', NETWORK.node));
  await Promise.all([
    component(
      'kube-controller-manager',
      controllerManagerArgs(layout, ports),
      health(ports.controllers, '/healthz'),
    ),
    component('kube-scheduler', schedulerArgs(layout, ports), health(ports.scheduler, '/healthz')),
  ]);
}
