import { join } from 'node:path';
import { runOrThrow } from '@fairway/exec-kit';
import type { Supervisor } from '../services/supervisor.js';
import { mirrorConfig } from './node-config.js';

export const KIND_CLUSTER = 'fairway';
const NODE = `${KIND_CLUSTER}-control-plane`;

/** The kind cluster's configuration: containerd looks for registries in a folder that we fill (kind's own advice). */
export const KIND_CONFIG = `kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
containerdConfigPatches:
  - |-
    [plugins."io.containerd.grpc.v1.cri".registry]
      config_path = "/etc/containerd/certs.d"
`;

/**
 * Starts a cluster with kind, whose node finds the loopback registry's container by name.
 * Source: https://kind.sigs.k8s.io/docs/user/local-registry/
 */
export async function startKind(
  supervisor: Supervisor,
  registry: { readonly address: string; readonly container: string },
): Promise<string> {
  const kubeconfig = join(supervisor.folders.run, 'kind.kubeconfig');
  supervisor.note({ containers: [...supervisor.state.containers, NODE] });
  await runOrThrow(
    'kind',
    [
      'create',
      'cluster',
      '--name',
      KIND_CLUSTER,
      '--kubeconfig',
      kubeconfig,
      '--config',
      '-',
      '--wait',
      '120s',
    ],
    { input: KIND_CONFIG, show: 'never', timeoutMs: 600_000 },
  );
  await runOrThrow('docker', ['network', 'connect', 'kind', registry.container], { show: 'never' });
  const folder = `/etc/containerd/certs.d/${registry.address}`;
  await runOrThrow('docker', ['exec', NODE, 'mkdir', '-p', folder], { show: 'never' });
  await runOrThrow('docker', ['exec', '--interactive', NODE, 'tee', `${folder}/hosts.toml`], {
    input: mirrorConfig(`${registry.container}:5000`),
    show: 'never',
  });
  return kubeconfig;
}
