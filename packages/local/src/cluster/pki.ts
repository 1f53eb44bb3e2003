import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrThrow } from '@fairway/exec-kit';
import { NETWORK, NODE_NAME } from './layout.js';

/** Who a certificate is for; the organisation is the group that Kubernetes' RBAC sees. */
export interface Identity {
  readonly file: string;
  readonly name: string;
  readonly organisation?: string;
  readonly server?: readonly string[];
  /** The authority that signs it: the cluster's own unless said otherwise. */
  readonly authority?: Authority;
}

/** The cluster's authority, and the one whose word about a request's user an extension of the API takes. */
export type Authority = 'ca' | 'front-proxy-ca';

/** The user that metrics-server is to RBAC. */
export const METRICS_USER = 'fairway:metrics-server';

/** The identities of a one-node cluster: one server, and one client for each component and for its administrator. */
export const IDENTITIES: readonly Identity[] = [
  {
    file: 'apiserver',
    name: 'kube-apiserver',
    server: [
      'DNS:localhost',
      'DNS:kubernetes',
      'DNS:kubernetes.default',
      'DNS:kubernetes.default.svc',
      `IP:${NETWORK.node}`,
      `IP:${NETWORK.apiService}`,
      'IP:127.0.0.1',
    ],
  },
  { file: 'kubelet-server', name: NODE_NAME, server: [`DNS:${NODE_NAME}`, `IP:${NETWORK.node}`] },
  { file: 'apiserver-kubelet-client', name: 'kube-apiserver-kubelet-client', organisation: 'system:masters' },
  { file: 'front-proxy', name: 'front-proxy-client', authority: 'front-proxy-ca' },
  { file: 'metrics', name: METRICS_USER },
  {
    file: 'metrics-server',
    name: 'metrics-server',
    server: ['DNS:metrics-server.kube-system.svc', `IP:${NETWORK.node}`],
  },
  { file: 'admin', name: 'fairway-admin', organisation: 'system:masters' },
  { file: 'controller-manager', name: 'system:kube-controller-manager' },
  { file: 'scheduler', name: 'system:kube-scheduler' },
  { file: 'proxy', name: 'system:kube-proxy' },
  { file: 'kubelet', name: `system:node:${NODE_NAME}`, organisation: 'system:nodes' },
];

/** The extensions of one certificate, in openssl's file format. Pure. */
export function extensions(identity: Identity): string {
  const lines = ['basicConstraints=critical,CA:FALSE', 'keyUsage=critical,digitalSignature,keyEncipherment'];
  lines.push(`extendedKeyUsage=${identity.server === undefined ? 'clientAuth' : 'serverAuth'}`);
  if (identity.server !== undefined) lines.push(`subjectAltName=${identity.server.join(',')}`);
  return `${lines.join('\n')}\n`;
}

export function subject(identity: Identity): string {
  const organisation = identity.organisation === undefined ? '' : `/O=${identity.organisation}`;
  return `${organisation}/CN=${identity.name}`;
}

/**
 * Makes two certificate authorities that live as long as the run, a certificate for each identity (valid two days), and
 * the key pair that signs service-account tokens. Made by openssl, which every Debian has.
 */
export async function makePki(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const key = (name: string) => join(folder, `${name}.key`);
  const certificate = (name: string) => join(folder, `${name}.crt`);
  const newKey = (name: string) =>
    openssl(folder, ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', key(name)]);
  for (const authority of ['ca', 'front-proxy-ca']) {
    await newKey(authority);
    await openssl(folder, [
      ...['req', '-x509', '-new', '-key', key(authority), '-out', certificate(authority)],
      ...['-days', '2', '-subj', `/CN=fairway-local-${authority}`],
    ]);
  }
  await newKey('service-account');
  for (const identity of IDENTITIES) {
    const authority = identity.authority ?? 'ca';
    const request = join(folder, `${identity.file}.csr`);
    const extensionFile = join(folder, `${identity.file}.ext`);
    writeFileSync(extensionFile, extensions(identity));
    await openssl(folder, [
      ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', key(identity.file), '-out', request, '-subj', subject(identity)],
    ]);
    await openssl(folder, [
      ...['x509', '-req', '-in', request, '-CAcreateserial'],
      ...['-CA', certificate(authority), '-CAkey', key(authority)],
      ...['-days', '2', '-extfile', extensionFile, '-out', certificate(identity.file)],
    ]);
  }
}

async function openssl(cwd: string, args: readonly string[]): Promise<void> {
  await runOrThrow('openssl', args, { cwd, show: 'never', timeoutMs: 30_000 });
}
