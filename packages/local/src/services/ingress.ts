import { NETWORK } from '../cluster/layout.js';
import { freePorts } from './ports.js';
import { httpProbe } from './readiness.js';
import type { Supervisor } from './supervisor.js';

/** What leads a host name to a Service of the cluster, as its Ingresses say. */
export interface IngressController {
  /** host:port, plain HTTP. */
  readonly address: string;
}

/** The argv of Traefik, for Ingresses without a class. It writes the node's address into their status. Pure. */
export function traefikArgs(address: string): string[] {
  return [
    `--entrypoints.web.address=${address}`,
    '--ping.entrypoint=web',
    '--providers.kubernetesingress',
    `--providers.kubernetesingress.ingressendpoint.ip=${NETWORK.node}`,
    '--providers.providersthrottleduration=200ms',
    '--global.checknewversion=false',
    '--global.sendanonymoususage=false',
  ];
}

/** Starts Traefik as a process of the one node, from where it reaches the pods. */
export async function startIngressController(
  supervisor: Supervisor,
  program: string,
  kubeconfig: string,
): Promise<IngressController> {
  const [port = 0] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  await supervisor.start({
    name: 'traefik',
    program,
    args: traefikArgs(address),
    env: { KUBECONFIG: kubeconfig },
    ready: httpProbe(`http://${address}/ping`),
  });
  return { address };
}
