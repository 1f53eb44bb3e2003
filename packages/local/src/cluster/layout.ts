import { join } from 'node:path';

/**
 * The one-node cluster's own network: a bridge that pods hang on, whose address is also the node's. Nothing of the
 * cluster listens on an address that another machine could reach, and pods still reach the API server.
 */
export const NETWORK = {
  bridge: 'fairway0',
  node: '10.211.0.1',
  prefix: 24,
  pods: '10.211.0.0/24',
  services: '10.212.0.0/24',
  /** The first address of the service range: `kubernetes.default`. */
  apiService: '10.212.0.1',
} as const;

/** The control group that all pods are in. */
export const CGROUP = 'fairway';

export const NODE_NAME = 'fairway-local';

/** Every file and folder of the cluster, below the run folder. */
export interface ClusterLayout {
  readonly root: string;
  readonly pki: string;
  readonly kubeconfig: string;
  readonly etcd: string;
  readonly kubelet: string;
  readonly podLogs: string;
  readonly containerdConfig: string;
  readonly containerdRoot: string;
  readonly containerdState: string;
  /** Kept short: the path of a Unix socket may hold 107 bytes. */
  readonly containerdSocket: string;
  readonly cniConfig: string;
  readonly cniState: string;
  readonly mirrors: string;
  readonly kubeletConfig: string;
  readonly proxyConfig: string;
}

export function clusterLayout(run: string): ClusterLayout {
  const root = join(run, 'cluster');
  return {
    root,
    pki: join(root, 'pki'),
    kubeconfig: join(root, 'kubeconfig'),
    etcd: join(root, 'etcd'),
    kubelet: join(root, 'kubelet'),
    podLogs: join(root, 'pod-logs'),
    containerdConfig: join(root, 'containerd.toml'),
    containerdRoot: join(root, 'containerd'),
    containerdState: '/run/fairway/containerd',
    containerdSocket: '/run/fairway/containerd.sock',
    cniConfig: join(root, 'cni'),
    cniState: join(root, 'cni-state'),
    mirrors: join(root, 'mirrors'),
    kubeletConfig: join(root, 'kubelet.yaml'),
    proxyConfig: join(root, 'kube-proxy.yaml'),
  };
}
