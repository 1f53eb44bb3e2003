import { list, string, tree } from '@fairway/scan-kit';
import { BASELINE_CAPABILITIES } from './baseline.js';
import { added, type Control, eachContainer, eachContext, seccomp } from './pod.js';

const RESTRICTED_VOLUMES = new Set(
  'configMap csi downwardAPI emptyDir ephemeral persistentVolumeClaim projected secret'.split(' '),
);

/** What the `restricted` level asks for beside the baseline. Source: the same page. */
export const RESTRICTED: readonly Control[] = [
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
    linuxOnly: true,
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
    linuxOnly: true,
    breaches: (pod) =>
      eachContainer(({ security }) => {
        const profile = seccomp(security) || seccomp(pod.security);
        return !['RuntimeDefault', 'Localhost', 'Unconfined'].includes(profile) && 'no seccompProfile is set';
      })(pod),
  },
  {
    name: 'drop-capabilities',
    level: 'restricted',
    linuxOnly: true,
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
