import { join } from 'node:path';
import { type ClusterLayout, NETWORK } from './layout.js';

export interface ControlPlanePorts {
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly api: number;
  readonly controllers: number;
  readonly scheduler: number;
}

export interface ComponentCommand {
  readonly name: string;
  readonly args: readonly string[];
}

/** etcd for one run: no fsync, because nothing has to outlive it. Works with 3.4 and later. */
export function etcdArgs(layout: ClusterLayout, ports: ControlPlanePorts): string[] {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  return [
    `--data-dir=${layout.etcd}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
  ];
}

/** The argv of kube-apiserver: Node and RBAC authorisation, as in a cluster that others would run. */
export function apiServerArgs(layout: ClusterLayout, ports: ControlPlanePorts): string[] {
  const pki = (name: string) => join(layout.pki, name);
  return [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    `--bind-address=${NETWORK.node}`,
    `--advertise-address=${NETWORK.node}`,
    `--secure-port=${ports.api}`,
    `--service-cluster-ip-range=${NETWORK.services}`,
    `--tls-cert-file=${pki('apiserver.crt')}`,
    `--tls-private-key-file=${pki('apiserver.key')}`,
    `--client-ca-file=${pki('ca.crt')}`,
    `--kubelet-client-certificate=${pki('apiserver-kubelet-client.crt')}`,
    `--kubelet-client-key=${pki('apiserver-kubelet-client.key')}`,
    `--kubelet-certificate-authority=${pki('ca.crt')}`,
    '--kubelet-preferred-address-types=InternalIP',
    `--service-account-key-file=${pki('service-account.key')}`,
    `--service-account-signing-key-file=${pki('service-account.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    '--authorization-mode=Node,RBAC',
    // For extensions of the API, such as resource metrics: how they know that a request comes from this server.
    `--requestheader-client-ca-file=${pki('front-proxy-ca.crt')}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-username-headers=X-Remote-User',
    `--proxy-client-cert-file=${pki('front-proxy.crt')}`,
    `--proxy-client-key-file=${pki('front-proxy.key')}`,
    '--enable-aggregator-routing=true',
    '--enable-admission-plugins=NodeRestriction',
    '--allow-privileged=true',
    '--event-ttl=1h',
    '--profiling=false',
  ];
}

export function controllerManagerArgs(layout: ClusterLayout, ports: ControlPlanePorts): string[] {
  const config = join(layout.pki, 'controller-manager.kubeconfig');
  return [
    `--kubeconfig=${config}`,
    `--authentication-kubeconfig=${config}`,
    `--authorization-kubeconfig=${config}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${ports.controllers}`,
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${join(layout.pki, 'service-account.key')}`,
    `--root-ca-file=${join(layout.pki, 'ca.crt')}`,
    `--cluster-cidr=${NETWORK.pods}`,
    `--service-cluster-ip-range=${NETWORK.services}`,
    // The bridge plugin hands out the addresses of the only node.
    '--allocate-node-cidrs=false',
    '--leader-elect=false',
  ];
}

export function schedulerArgs(layout: ClusterLayout, ports: ControlPlanePorts): string[] {
  const config = join(layout.pki, 'scheduler.kubeconfig');
  return [
    `--kubeconfig=${config}`,
    `--authentication-kubeconfig=${config}`,
    `--authorization-kubeconfig=${config}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${ports.scheduler}`,
    '--leader-elect=false',
  ];
}
