/** Absolute paths of the programs that make a cluster. */
export interface ClusterPrograms {
  readonly kube: string;
  readonly etcd: string;
  readonly containerd: string;
  readonly runc: string;
  readonly cniPlugins: string;
  /** With it, autoscaling works. */
  readonly metricsServer: string | undefined;
}
