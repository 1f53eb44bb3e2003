import { list, string, type Tree, tree } from './scanner.js';

/** A breach of one control of Kubernetes' Pod Security Standards. */
export interface Breach {
  readonly control: string;
  readonly level: 'baseline' | 'restricted';
  readonly message: string;
}

interface Control {
  readonly name: string;
  readonly level: Breach['level'];
  /** What is wrong, for each place in which it is. */
  readonly breaches: (pod: Pod) => string[];
}

/** A pod's template with its containers of all three sorts at hand. */
interface Pod {
  readonly annotations: Tree;
  readonly spec: Tree;
  readonly security: Tree;
  readonly containers: readonly { readonly name: string; readonly all: Tree; readonly security: Tree }[];
}

/** Checks a pod template against both levels. A pod for Windows is not held to what only Linux has. */
export function breachesOf(template: unknown): Breach[] {
  const pod = podOf(template);
  const windows = string(tree(pod.spec.os).name) === 'windows';
  return CONTROLS.filter((control) => !(windows && control.level === 'restricted')).flatMap((control) =>
    control.breaches(pod).map((message) => ({ control: control.name, level: control.level, message })),
  );
}

function podOf(template: unknown): Pod {
  const spec = tree(tree(template).spec);
  const containers = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((key) =>
    list(spec[key]).map(tree),
  );
  return {
    annotations: tree(tree(tree(template).metadata).annotations),
    spec,
    security: tree(spec.securityContext),
    containers: containers.map((all) => ({
      name: string(all.name),
      all,
      security: tree(all.securityContext),
    })),
  };
}

/** A breach for each container of which `wrong` tells something. */
function eachContainer(wrong: (container: Pod['containers'][number]) => string | false | undefined) {
  return (pod: Pod) =>
    pod.containers.flatMap((container) => {
      const message = wrong(container);
      return message ? [`container '${container.name}': ${message}`] : [];
    });
}

/** A breach for the pod and for each container whose security context `wrong` tells something of. */
function eachContext(wrong: (security: Tree) => string | false | undefined) {
  return (pod: Pod) => [
    ...[wrong(pod.security)].flatMap((message) => (message ? [`the pod: ${message}`] : [])),
    ...eachContainer(({ security }) => wrong(security))(pod),
  ];
}

const BASELINE_CAPABILITIES = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  ),
);
const SELINUX_TYPES = new Set([
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
]);
const SAFE_SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  ...'ip_local_port_range ip_unprivileged_port_start tcp_syncookies ping_group_range ip_local_reserved_ports tcp_keepalive_time tcp_fin_timeout tcp_keepalive_intvl tcp_keepalive_probes'
    .split(' ')
    .map((name) => `net.ipv4.${name}`),
]);
const RESTRICTED_VOLUMES = new Set(
  'configMap csi downwardAPI emptyDir ephemeral persistentVolumeClaim projected secret'.split(' '),
);

const added = (security: Tree) => list(tree(security.capabilities).add).map(String);
const seccomp = (security: Tree) => string(tree(security.seccompProfile).type);

/**
 * The controls, in the order of their page. Source: Kubernetes documentation, "Pod Security Standards" (v1.34), which
 * the API server enforces by k8s.io/pod-security-admission.
 */
const CONTROLS: readonly Control[] = [
  {
    name: 'host-process',
    level: 'baseline',
    breaches: eachContext(
      (s) => tree(s.windowsOptions).hostProcess === true && 'runs as a Windows HostProcess',
    ),
  },
  {
    name: 'host-namespaces',
    level: 'baseline',
    breaches: ({ spec }) =>
      ['hostNetwork', 'hostPID', 'hostIPC'].flatMap((key) =>
        spec[key] === true ? [`the pod: ${key} is true`] : [],
      ),
  },
  {
    name: 'privileged',
    level: 'baseline',
    breaches: eachContainer(({ security }) => security.privileged === true && 'privileged is true'),
  },
  {
    name: 'capabilities',
    level: 'baseline',
    breaches: eachContainer(({ security }) => {
      const excess = added(security).filter((name) => !BASELINE_CAPABILITIES.has(name));
      return excess.length > 0 && `adds the capabilities ${excess.join(', ')}`;
    }),
  },
  {
    name: 'host-path',
    level: 'baseline',
    breaches: ({ spec }) =>
      list(spec.volumes)
        .map(tree)
        .flatMap((volume) =>
          volume.hostPath === undefined
            ? []
            : [`the volume '${string(volume.name)}' is a folder of the node (hostPath)`],
        ),
  },
  {
    name: 'host-ports',
    level: 'baseline',
    breaches: eachContainer(({ all }) => {
      const ports = list(all.ports)
        .map(tree)
        .filter(({ hostPort }) => typeof hostPort === 'number' && hostPort > 0);
      return ports.length > 0 && `takes the node's ports ${ports.map(({ hostPort }) => hostPort).join(', ')}`;
    }),
  },
  {
    name: 'host-probes',
    level: 'baseline',
    breaches: eachContainer(({ all }) => {
      const lifecycle = tree(all.lifecycle);
      const probes = [
        all.livenessProbe,
        all.readinessProbe,
        all.startupProbe,
        lifecycle.postStart,
        lifecycle.preStop,
      ];
      const hosts = probes
        .map(tree)
        .flatMap((p) => [string(tree(p.httpGet).host), string(tree(p.tcpSocket).host)]);
      return hosts.some((host) => host !== '') && 'a probe or hook names a host';
    }),
  },
  {
    name: 'apparmor',
    level: 'baseline',
    breaches: (pod) => [
      ...eachContext(
        (s) => string(tree(s.appArmorProfile).type) === 'Unconfined' && 'AppArmor is Unconfined',
      )(pod),
      ...Object.entries(pod.annotations).flatMap(([key, value]) =>
        key.startsWith('container.apparmor.security.beta.kubernetes.io/') &&
        !/^(runtime\/default|localhost\/.*|)$/.test(String(value))
          ? [`the annotation ${key} is ${String(value)}`]
          : [],
      ),
    ],
  },
  {
    name: 'selinux',
    level: 'baseline',
    breaches: eachContext((s) => {
      const options = tree(s.seLinuxOptions);
      if (!SELINUX_TYPES.has(string(options.type))) return `the SELinux type is ${string(options.type)}`;
      return (string(options.user) !== '' || string(options.role) !== '') && 'sets an SELinux user or role';
    }),
  },
  {
    name: 'proc-mount',
    level: 'baseline',
    breaches: eachContainer(({ security }) => {
      const mount = string(security.procMount);
      return mount !== '' && mount !== 'Default' && `procMount is ${mount}`;
    }),
  },
  {
    name: 'seccomp',
    level: 'baseline',
    breaches: eachContext((s) => seccomp(s) === 'Unconfined' && 'seccomp is Unconfined'),
  },
  {
    name: 'sysctls',
    level: 'baseline',
    breaches: ({ security }) =>
      list(security.sysctls)
        .map((item) => string(tree(item).name))
        .flatMap((name) => (SAFE_SYSCTLS.has(name) ? [] : [`the pod: sets the sysctl ${name}`])),
  },
  {
    name: 'volume-types',
    level: 'restricted',
    breaches: ({ spec }) =>
      list(spec.volumes)
        .map(tree)
        .flatMap((volume) => {
          const kinds = Object.keys(volume).filter((key) => key !== 'name');
          const wrong = kinds.filter((kind) => !RESTRICTED_VOLUMES.has(kind) && kind !== 'hostPath');
          return wrong.map((kind) => `the volume '${string(volume.name)}' is of the kind ${kind}`);
        }),
  },
  {
    name: 'privilege-escalation',
    level: 'restricted',
    breaches: eachContainer(
      ({ security }) =>
        security.allowPrivilegeEscalation !== false && 'allowPrivilegeEscalation is not false',
    ),
  },
  {
    name: 'run-as-non-root',
    level: 'restricted',
    breaches: (pod) =>
      eachContainer(
        ({ security }) =>
          (security.runAsNonRoot ?? pod.security.runAsNonRoot) !== true && 'runAsNonRoot is not true',
      )(pod),
  },
  {
    name: 'run-as-user',
    level: 'restricted',
    breaches: eachContext((s) => s.runAsUser === 0 && 'runAsUser is 0'),
  },
  {
    name: 'seccomp-set',
    level: 'restricted',
    breaches: (pod) =>
      eachContainer(({ security }) => {
        const profile = seccomp(security) || seccomp(pod.security);
        return !['RuntimeDefault', 'Localhost', 'Unconfined'].includes(profile) && 'no seccompProfile is set';
      })(pod),
  },
  {
    name: 'drop-capabilities',
    level: 'restricted',
    breaches: eachContainer(({ security }) => {
      const dropped = list(tree(security.capabilities).drop).map(String);
      if (!dropped.includes('ALL')) return 'does not drop ALL capabilities';
      const excess = added(security).filter(
        (name) => name !== 'NET_BIND_SERVICE' && BASELINE_CAPABILITIES.has(name),
      );
      return excess.length > 0 && `adds the capabilities ${excess.join(', ')}`;
    }),
  },
];
