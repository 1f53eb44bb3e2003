import { list, string, type Tree, tree } from '@fairway/action-kit/tree';
import type { KubeObject } from '../../cluster/object.js';
import type { Previews } from './router.js';
import { split } from './split.js';

/**
 * Weights of the Services that an IngressRoute names by itself: Traefik takes turns between them by weight, and an entry
 * without one has the weight 1.
 * Source: https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/ingressroute/
 */
export function ingressRoute(route: KubeObject, previews: Previews, percent: number): KubeObject | undefined {
  const spec = tree(route.spec);
  let isHit = false;
  const routes = list(spec.routes).map((one) => {
    const rule = tree(one);
    const services = splitServices(rule.services, route, previews, percent);
    isHit ||= services !== undefined;
    return services ? { ...rule, services } : rule;
  });
  return isHit ? { ...route, spec: { ...spec, routes } } : undefined;
}

/**
 * Weights of a TraefikService, which IngressRoutes refer to.
 * Source: https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/traefikservice/
 */
export function traefikService(
  route: KubeObject,
  previews: Previews,
  percent: number,
): KubeObject | undefined {
  const spec = tree(route.spec);
  const weighted = tree(spec.weighted);
  const services = splitServices(weighted.services, route, previews, percent);
  return services && { ...route, spec: { ...spec, weighted: { ...weighted, services } } };
}

function splitServices(
  services: unknown,
  route: KubeObject,
  previews: Previews,
  percent: number,
): Tree[] | undefined {
  const beside = (service: Tree) => {
    const isService = (string(service.kind) || 'Service') === 'Service';
    const isHere = service.namespace === undefined || service.namespace === route.metadata.namespace;
    const name = previews.get(string(service.name));
    return isService && isHere && name !== undefined ? { ...service, name } : undefined;
  };
  return split(list(services).map(tree), { percent, unnamed: 1, beside });
}
