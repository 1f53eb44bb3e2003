import type { Inbox } from '../services/inbox.js';

/** The running things that a push is carried through. */
export interface Parts {
  /** Path of the cluster's kubeconfig. */
  readonly kubeconfig: string;
  /** host:port of the registry, plain HTTP on loopback. */
  readonly registry: string;
  /** Address of a BuildKit; '' for the machine's own Docker. */
  readonly builder: string;
  /** KEY=VALUE lines for the image's build: the base images that were made here, if any. */
  readonly buildArgs: readonly string[];
  /** The image that makes SBOMs; '' where BuildKit pulls Docker's own. */
  readonly sbomGenerator: string;
  /** The image with the busybox that asks a started image; '' where BuildKit pulls the public one. */
  readonly probeImage: string;
  /** The autoscaler sees how busy pods are. */
  readonly autoscales: boolean;
  /** host:port of an ingress controller; '' where there is none of ours. */
  readonly ingress: string;
  /** Addresses of the servers. */
  readonly alertmanager: string;
  readonly prometheus: string;
  readonly inbox: Inbox;
  /** Folders with the tools that the actions find on PATH. */
  readonly searchPath: readonly string[];
  readonly act: {
    readonly path: string /** It ends called workflows as GitHub does. */;
    readonly fixed: boolean;
  };
  /** What else every step gets, such as Terraform's own configuration file. */
  readonly environment: Readonly<Record<string, string>>;
}
