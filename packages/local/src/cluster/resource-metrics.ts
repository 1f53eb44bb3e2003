import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrThrow } from '@fairway/exec-kit';
import { freePorts } from '../services/ports.js';
import type { Supervisor } from '../services/supervisor.js';
import { httpsProbe } from './https-probe.js';
import { writeKubeconfig } from './kubeconfig.js';
import { type ClusterLayout, NETWORK } from './layout.js';
import { METRICS_USER } from './pki.js';

const NAME = 'metrics-server';
const NAMESPACE = 'kube-system';
const RBAC = 'rbac.authorization.k8s.io';

/** The argv of metrics-server, which asks the kubelet every 15 s (the shortest it allows is 10 s). Pure. */
export function metricsServerArgs(layout: ClusterLayout, port: number): string[] {
  const config = join(layout.pki, 'metrics.kubeconfig');
  return [
    `--kubeconfig=${config}`,
    `--authentication-kubeconfig=${config}`,
    `--authorization-kubeconfig=${config}`,
    `--bind-address=${NETWORK.node}`,
    `--secure-port=${port}`,
    `--tls-cert-file=${join(layout.pki, 'metrics-server.crt')}`,
    `--tls-private-key-file=${join(layout.pki, 'metrics-server.key')}`,
    '--kubelet-preferred-address-types=InternalIP',
    // The kubelet listens on a free port; the node's status says which.
    '--kubelet-use-node-status-port',
    `--kubelet-certificate-authority=${join(layout.pki, 'ca.crt')}`,
    '--metric-resolution=15s',
  ];
}

/**
 * What tells the API server where metrics come from, and what metrics-server may read. It is no pod, so its Service
 * has no selector but an EndpointSlice with the node's address. Pure.
 * @param authority the cluster's certificate authority, PEM
 */
export function metricsObjects(port: number, authority: Buffer): object {
  const subjects = [{ kind: 'User', name: METRICS_USER, apiGroup: RBAC }];
  const bind = (kind: string, name: string, roleKind: string, role: string, namespace?: string) => ({
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    roleRef: { apiGroup: RBAC, kind: roleKind, name: role },
    subjects,
  });
  const items = [
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRole',
      metadata: { name: NAME },
      rules: [
        { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
        { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
      ],
    },
    bind('ClusterRoleBinding', NAME, 'ClusterRole', NAME),
    bind('ClusterRoleBinding', `${NAME}:auth-delegator`, 'ClusterRole', 'system:auth-delegator'),
    bind('RoleBinding', NAME, 'Role', 'extension-apiserver-authentication-reader', NAMESPACE),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: NAME, namespace: NAMESPACE },
      spec: { ports: [{ name: 'https', port: 443, targetPort: port }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: NAME, namespace: NAMESPACE, labels: { 'kubernetes.io/service-name': NAME } },
      addressType: 'IPv4',
      ports: [{ name: 'https', port, protocol: 'TCP' }],
      endpoints: [{ addresses: [NETWORK.node], conditions: { ready: true } }],
    },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        service: { name: NAME, namespace: NAMESPACE },
        caBundle: authority.toString('base64'),
      },
    },
  ];
  return { apiVersion: 'v1', kind: 'List', items };
}

/** Starts metrics-server, so that `kubectl top` answers and a HorizontalPodAutoscaler scales. */
export async function startResourceMetrics(
  supervisor: Supervisor,
  layout: ClusterLayout,
  server: string,
  program: string,
): Promise<void> {
  const [port = 0] = await freePorts(1, NETWORK.node);
  writeKubeconfig(join(layout.pki, 'metrics.kubeconfig'), server, layout.pki, 'metrics');
  const objects = metricsObjects(port, readFileSync(join(layout.pki, 'ca.crt')));
  const apply = ['apply', '--server-side', '--filename', '-'];
  await runOrThrow('kubectl', [`--kubeconfig=${layout.kubeconfig}`, ...apply], {
    input: JSON.stringify(objects),
    show: 'never',
    timeoutMs: 30_000,
  });
  await supervisor.start({
    name: NAME,
    program,
    args: metricsServerArgs(layout, port),
    ready: httpsProbe(layout.pki, NETWORK.node, port, '/livez'),
  });
}
