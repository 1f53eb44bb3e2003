import { CGROUP, type ClusterLayout, NETWORK } from './layout.js';

export interface NodeConfigInput {
  readonly layout: ClusterLayout;
  readonly pauseImage: string;
  readonly cniPlugins: string;
  readonly runc: string;
}

/**
 * containerd 1.6's configuration (format version 2). `restrict_oom_score_adj` because inside a container the right to
 * lower an OOM score is often missing, and without it no sandbox starts.
 */
export function containerdConfig(input: NodeConfigInput): string {
  const text = (value: string) => JSON.stringify(value);
  return `version = 2
root = ${text(input.layout.containerdRoot)}
state = ${text(input.layout.containerdState)}
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs"]

[grpc]
  address = ${text(input.layout.containerdSocket)}

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${text(input.pauseImage)}
  restrict_oom_score_adj = true
  disable_tcp_service = true
  netns_mounts_under_state_dir = true

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = ${text(input.cniPlugins)}
    conf_dir = ${text(input.layout.cniConfig)}

  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = ${text(input.layout.mirrors)}

  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      BinaryName = ${text(input.runc)}
      SystemdCgroup = false
`;
}

/** The registry speaks plain HTTP on loopback; containerd must be told so. */
export function mirrorConfig(registry: string): string {
  return `server = "http://${registry}"

[host."http://${registry}"]
  capabilities = ["pull", "resolve"]
`;
}

export function cniConfig(layout: ClusterLayout): string {
  const config = {
    cniVersion: '1.0.0',
    name: 'fairway',
    plugins: [
      {
        type: 'bridge',
        bridge: NETWORK.bridge,
        isGateway: true,
        ipMasq: true,
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          ranges: [[{ subnet: NETWORK.pods, rangeStart: '10.211.0.10' }]],
          routes: [{ dst: '0.0.0.0/0' }],
          dataDir: layout.cniState,
        },
      },
    ],
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** KubeletConfiguration v1beta1, as JSON, which is YAML. */
export function kubeletConfig(layout: ClusterLayout, ports: { kubelet: number; health: number }): string {
  const config = {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: NETWORK.node,
    port: ports.kubelet,
    healthzBindAddress: '127.0.0.1',
    healthzPort: ports.health,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: `${layout.pki}/ca.crt` },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: `${layout.pki}/kubelet-server.crt`,
    tlsPrivateKeyFile: `${layout.pki}/kubelet-server.key`,
    containerRuntimeEndpoint: `unix://${layout.containerdSocket}`,
    cgroupDriver: 'cgroupfs',
    // A kubelet ends what it does not know below its root: nobody else's pods are below ours.
    cgroupRoot: `/${CGROUP}`,
    failSwapOn: false,
    failCgroupV1: false,
    podLogsDir: layout.podLogs,
    clusterDomain: 'cluster.local',
    // A laptop's nearly full disk is no reason to throw pods off the only node.
    evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    imageGCHighThresholdPercent: 100,
    // Status that is seconds fresher makes rollouts of a local cluster seconds shorter.
    nodeStatusUpdateFrequency: '4s',
    syncFrequency: '10s',
    registerNode: true,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** KubeProxyConfiguration v1alpha1. conntrack limits are the machine's business, so they stay as they are. */
export function proxyConfig(kubeconfigFile: string, ports: { health: number; metrics: number }): string {
  const config = {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'iptables',
    clientConnection: { kubeconfig: kubeconfigFile },
    clusterCIDR: NETWORK.pods,
    bindAddress: NETWORK.node,
    healthzBindAddress: `127.0.0.1:${ports.health}`,
    metricsBindAddress: `127.0.0.1:${ports.metrics}`,
    nodePortAddresses: ['127.0.0.0/8', `${NETWORK.node}/32`],
    iptables: { localhostNodePorts: true, minSyncPeriod: '100ms' },
    conntrack: { maxPerCore: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
