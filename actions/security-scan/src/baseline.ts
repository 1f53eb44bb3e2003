import { list, string, tree } from '@fairway/scan-kit';
import { added, type Control, eachContainer, eachContext, seccomp } from './pod.js';

/** Which capabilities a container may add. */
export const BASELINE_CAPABILITIES = new Set(
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
/**
 * The controls of the `baseline` level, in the order of their page. Source: Kubernetes documentation, "Pod Security
 * Standards" (v1.34), which the API server enforces by k8s.io/pod-security-admission.
 */
export const BASELINE: readonly Control[] = [
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
];
