import { at, list, number, string, tree } from '@fairway/action-kit/tree';
import type { KubeObject } from '../cluster/object.js';
import { seen } from '../scale/look.js';
import type { Site } from '../site.js';

/** Where the environment answers, as the cluster shows it; empty where nothing leads in from outside. */
export async function findAddress({ client, namespace }: Site): Promise<string> {
  const [ingresses = [], services = []] = await Promise.all([
    seen(client, 'networking.k8s.io/v1', 'Ingress', namespace),
    seen(client, 'v1', 'Service', namespace),
  ]);
  return addressIn(ingresses, services);
}

/** Pure. An Ingress with a host before a load balancer. */
export function addressIn(ingresses: readonly KubeObject[], services: readonly KubeObject[]): string {
  for (const ingress of ingresses) {
    const host = list(at(ingress, 'spec', 'rules')).map((rule) => string(tree(rule).host))[0];
    const isSecure = list(at(ingress, 'spec', 'tls')).length > 0;
    if (host) return `${isSecure ? 'https' : 'http'}://${host}`;
  }
  for (const service of services) {
    const entry = tree(list(at(service, 'status', 'loadBalancer', 'ingress'))[0]);
    const host = string(entry.hostname) || string(entry.ip);
    const port = number(tree(list(at(service, 'spec', 'ports'))[0]).port, 80);
    const written = host.includes(':') ? `[${host}]` : host;
    if (host !== '')
      return port === 443 ? `https://${written}` : `http://${written}${port === 80 ? '' : `:${port}`}`;
  }
  return '';
}
