import { join } from 'node:path';
import { startKind } from '../cluster/kind.js';
import { startOneNode } from '../cluster/one-node.js';
import type { ClusterPrograms } from '../cluster/programs.js';
import type { HostChoices } from '../host.js';
import { type Progress, track } from '../progress.js';
import type { Tools } from '../tools/prepare.js';
import { type BaseImages, makeBaseImages } from './base-images.js';
import { type BuildKit, startBuildkitContainer, startBuildkitd } from './buildkit.js';
import { IMAGES, inContainer } from './container.js';
import { type Inbox, type InboxOptions, startInbox } from './inbox.js';
import { type IngressController, startIngressController } from './ingress.js';
import {
  type LaunchMonitoring,
  type Monitoring,
  type MonitoringInput,
  startMonitoring,
} from './monitoring.js';
import { REGISTRY_CONTAINER, type Registry, startRegistry, startRegistryContainer } from './registry.js';
import { withSharedData } from './shared-data.js';
import type { Supervisor } from './supervisor.js';

export interface StartInput {
  readonly choices: HostChoices;
  readonly tools: Tools;
  readonly progress: Progress;
  readonly inbox?: InboxOptions;
  /** Given the inbox's address, so that alerts can be routed to it. */
  readonly monitoring?: (inbox: string) => MonitoringInput;
}

/** Everything that a pipeline needs around it, up and answering. */
export interface Services {
  readonly kubeconfig: string;
  readonly registry: Registry;
  readonly buildkit: BuildKit;
  readonly prometheus: Monitoring['prometheus'];
  readonly alertmanager: Monitoring['alertmanager'];
  readonly inbox: Inbox;
  /** Undefined where it was not asked for, or the cluster is not ours. */
  readonly ingress: IngressController | undefined;
  /** Undefined where public images are in reach: Dockerfiles then use their defaults. */
  readonly baseImages: BaseImages | undefined;
}

/** Starts all services; on failure the caller stops the supervisor, which ends whatever had been started. */
export async function startAll(supervisor: Supervisor, input: StartInput): Promise<Services> {
  const { tools } = input;
  const show = <T>(name: string, why: string, seconds: number, body: () => Promise<T>) =>
    track(input.progress, { name, what: name, why, seconds }, body);
  const inbox = await startInbox(input.inbox);
  supervisor.onStop(() => inbox.stop());
  const registry = await show('registry', 'holds the images', 1, () => registryFor(supervisor, input));
  const buildkit = await show('buildkit', 'builds the images', 2, () =>
    buildkitFor(supervisor, input, registry),
  );
  const baseImages = await show('base images', 'what the images start from', 15, () =>
    baseImagesFor(supervisor, input, registry, buildkit),
  );
  const kubeconfig = await show('cluster', 'a Kubernetes with one node', 20, () =>
    clusterFor(supervisor, input, registry, baseImages),
  );
  const monitoring = await show('monitoring', 'Prometheus and Alertmanager', 2, () =>
    startMonitoring(supervisor, launcher(supervisor, input), kubeconfig, input.monitoring?.(inbox.url)),
  );
  const ingress = tools.parts.includes('traefik')
    ? await show('ingress', 'leads hosts to services', 1, () =>
        startIngressController(supervisor, tools.path('traefik'), kubeconfig),
      )
    : undefined;
  supervisor.note({
    addresses: {
      kubeconfig,
      registry: registry.address,
      buildkit: buildkit.address,
      prometheus: monitoring.prometheus.url,
      alertmanager: monitoring.alertmanager.url,
      inbox: inbox.url,
    },
  });
  return { kubeconfig, registry, buildkit, ...monitoring, inbox, ingress, baseImages };
}

async function registryFor(supervisor: Supervisor, { choices, tools }: StartInput): Promise<Registry> {
  if (choices.cluster.provider === 'given') return { address: choices.cluster.registry };
  // kind's node is a container: it reaches a registry only where that is one too.
  if (choices.cluster.provider === 'kind' || choices.services.provider === 'docker')
    return startRegistryContainer(supervisor);
  return startRegistry(supervisor, tools.path('node-services', 'usr/bin/docker-registry'));
}

function buildkitFor(
  supervisor: Supervisor,
  { choices, tools }: StartInput,
  registry: Registry,
): Promise<BuildKit> {
  if (choices.builder.provider === 'docker') return startBuildkitContainer(supervisor, registry.address);
  const programs = { buildkitd: tools.path('buildkitd'), runc: tools.path('node-services', 'usr/sbin/runc') };
  return startBuildkitd(supervisor, programs, registry.address);
}

async function baseImagesFor(
  supervisor: Supervisor,
  { choices, tools }: StartInput,
  registry: Registry,
  buildkit: BuildKit,
): Promise<BaseImages | undefined> {
  if (choices.builder.provider === 'docker' && choices.cluster.provider !== 'one-node') return undefined;
  return makeBaseImages({
    registry: registry.address,
    buildkit: buildkit.address,
    buildx: tools.path('buildx'),
    pause: tools.path('pause'),
    busybox: tools.path('node-services', 'bin/busybox'),
    syft: tools.parts.includes('syft') ? tools.path('syft') : undefined,
    work: join(supervisor.folders.run, 'base-images'),
  });
}

async function clusterFor(
  supervisor: Supervisor,
  { choices, tools }: StartInput,
  registry: Registry,
  baseImages: BaseImages | undefined,
): Promise<string> {
  if (choices.cluster.provider === 'given') return choices.cluster.kubeconfig;
  if (choices.cluster.provider === 'kind' || baseImages === undefined)
    return startKind(supervisor, { address: registry.address, container: REGISTRY_CONTAINER });
  const of = (program: string) => tools.path('node-services', program);
  const programs: ClusterPrograms = {
    kube: tools.path('kubernetes', 'kubernetes'),
    etcd: of('usr/bin/etcd'),
    containerd: of('usr/bin/containerd'),
    runc: of('usr/sbin/runc'),
    cniPlugins: of('usr/lib/cni'),
    metricsServer: tools.parts.includes('metrics-server') ? tools.path('metrics-server') : undefined,
  };
  const { run } = supervisor.folders;
  return (await startOneNode(supervisor, run, programs, registry.address, baseImages.pause)).kubeconfig;
}

function launcher(supervisor: Supervisor, { choices, tools }: StartInput): LaunchMonitoring {
  const programs = {
    prometheus: 'usr/bin/prometheus',
    alertmanager: 'usr/bin/prometheus-alertmanager',
  } as const;
  return (name, folder, args) => {
    if (choices.services.provider === 'debian')
      return withSharedData(tools.path('node-services', ''), {
        program: tools.path('node-services', programs[name]),
        args,
      });
    supervisor.note({ containers: [...supervisor.state.containers, `fairway-${name}`] });
    return inContainer('docker', name, IMAGES[name], [folder], args);
  };
}
