import { describe, expect, it } from 'vitest';
import { breachesOf } from '../src/pod-security.js';

const restricted = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'app',
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      ports: [{ containerPort: 8080 }],
    },
  ],
  volumes: [{ name: 'tmp', emptyDir: {} }],
};

/** The restricted pod with one thing changed, by a path of keys. */
function with_(path: string, value: unknown): unknown {
  const spec = structuredClone(restricted) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let at = spec;
  for (const key of keys) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>;
  }
  at[last] = value;
  return { spec };
}

const controls = (template: unknown) =>
  breachesOf(template).map(({ level, control }) => `${level}/${control}`);

describe('breachesOf', () => {
  it('lets a pod of the restricted level pass', () => {
    expect(breachesOf({ spec: restricted })).toEqual([]);
  });

  it.each([
    ['hostNetwork', true, 'baseline/host-namespaces'],
    ['hostPID', true, 'baseline/host-namespaces'],
    ['securityContext.windowsOptions.hostProcess', true, 'baseline/host-process'],
    ['containers.0.securityContext.privileged', true, 'baseline/privileged'],
    ['containers.0.securityContext.capabilities.add', ['SYS_ADMIN'], 'baseline/capabilities'],
    ['volumes', [{ name: 'root', hostPath: { path: '/' } }], 'baseline/host-path'],
    ['containers.0.ports', [{ containerPort: 80, hostPort: 80 }], 'baseline/host-ports'],
    ['containers.0.livenessProbe', { httpGet: { host: '10.0.0.1', port: 80 } }, 'baseline/host-probes'],
    ['securityContext.appArmorProfile', { type: 'Unconfined' }, 'baseline/apparmor'],
    ['securityContext.seLinuxOptions', { type: 'spc_t' }, 'baseline/selinux'],
    ['securityContext.seLinuxOptions', { user: 'root' }, 'baseline/selinux'],
    ['containers.0.securityContext.procMount', 'Unmasked', 'baseline/proc-mount'],
    ['securityContext.seccompProfile.type', 'Unconfined', 'baseline/seccomp'],
    ['securityContext.sysctls', [{ name: 'kernel.msgmax', value: '1' }], 'baseline/sysctls'],
    ['volumes', [{ name: 'share', nfs: { server: 'a', path: '/' } }], 'restricted/volume-types'],
    ['containers.0.securityContext.allowPrivilegeEscalation', undefined, 'restricted/privilege-escalation'],
    ['securityContext.runAsNonRoot', undefined, 'restricted/run-as-non-root'],
    ['containers.0.securityContext.runAsUser', 0, 'restricted/run-as-user'],
    ['securityContext.seccompProfile', undefined, 'restricted/seccomp-set'],
    ['containers.0.securityContext.capabilities.drop', ['NET_RAW'], 'restricted/drop-capabilities'],
    ['containers.0.securityContext.capabilities.add', ['CHOWN'], 'restricted/drop-capabilities'],
  ])('%s = %j breaks %s alone', (path, value, control) => {
    expect(controls(with_(path, value))).toEqual([control]);
  });

  it.each([
    ['containers.0.securityContext.capabilities.add', ['NET_BIND_SERVICE']],
    ['securityContext.sysctls', [{ name: 'net.ipv4.tcp_syncookies', value: '1' }]],
    ['containers.0.ports', [{ containerPort: 80, hostPort: 0 }]],
    ['securityContext.seLinuxOptions', { type: 'container_t' }],
  ])('%s = %j is within the restricted level', (path, value) => {
    expect(controls(with_(path, value))).toEqual([]);
  });

  it('looks at init containers too, and does not fall over nonsense', () => {
    expect(
      controls(with_('initContainers', [{ name: 'init', securityContext: { privileged: true } }])),
    ).toContain('baseline/privileged');
    for (const nonsense of [null, 3, 'x', [], { spec: [] }, { spec: { containers: 'no', volumes: 7 } }]) {
      expect(Array.isArray(breachesOf(nonsense))).toBe(true);
    }
  });
});
