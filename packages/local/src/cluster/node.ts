import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '@fairway/exec-kit';
import { freePorts } from '../services/ports.js';
import { connectProbe, httpProbe } from '../services/readiness.js';
import type { Supervisor } from '../services/supervisor.js';
import { type ClusterLayout, NETWORK, NODE_NAME } from './layout.js';
import { kubeletConfig, proxyConfig } from './node-config.js';
import type { ClusterPrograms } from './programs.js';

/** Starts what makes this machine a node: containerd, then the kubelet and kube-proxy. */
export async function startNode(
  supervisor: Supervisor,
  layout: ClusterLayout,
  programs: ClusterPrograms,
): Promise<void> {
  const [kubeletHealth = 0, proxyHealth = 0, proxyMetrics = 0] = await freePorts(3);
  const [kubeletPort = 0] = await freePorts(1, NETWORK.node);
  writeFileSync(layout.kubeletConfig, kubeletConfig(layout, { kubelet: kubeletPort, health: kubeletHealth }));
  writeFileSync(
    layout.proxyConfig,
    proxyConfig(join(layout.pki, 'proxy.kubeconfig'), { health: proxyHealth, metrics: proxyMetrics }),
  );
  mkdirSync(dirname(layout.containerdSocket), { recursive: true });
  await supervisor.start({
    name: 'containerd',
    program: programs.containerd,
    args: ['--config', layout.containerdConfig],
    // containerd finds its shim on PATH.
    env: { PATH: `${dirname(programs.containerd)}:${dirname(programs.runc)}:${process.env.PATH}` },
    ready: connectProbe({ path: layout.containerdSocket }),
  });
  await Promise.all([
    supervisor.start({
      name: 'kubelet',
      program: programs.kube,
      args: [
        'kubelet',
        `--config=${layout.kubeletConfig}`,
        `--kubeconfig=${join(layout.pki, 'kubelet.kubeconfig')}`,
        `--root-dir=${layout.kubelet}`,
        `--hostname-override=${NODE_NAME}`,
        `--node-ip=${NETWORK.node}`,
      ],
      ready: httpProbe(`http://127.0.0.1:${kubeletHealth}/healthz`),
      readyTimeoutMs: 60_000,
    }),
    supervisor.start({
      name: 'kube-proxy',
      program: programs.kube,
      args: ['kube-proxy', `--config=${layout.proxyConfig}`, `--hostname-override=${NODE_NAME}`],
      ready: httpProbe(`http://127.0.0.1:${proxyHealth}/livez`),
      readyTimeoutMs: 60_000,
    }),
  ]);
}

/** Whether the API server says that the only node is Ready. */
export async function nodeIsReady(layout: ClusterLayout): Promise<boolean> {
  const condition = 'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}';
  const nodes = await run(
    'kubectl',
    [`--kubeconfig=${layout.kubeconfig}`, 'get', 'nodes', '--output', condition],
    {
      show: 'never',
      timeoutMs: 10_000,
    },
  );
  return nodes.exitCode === 0 && nodes.stdout.trim() === 'True';
}
