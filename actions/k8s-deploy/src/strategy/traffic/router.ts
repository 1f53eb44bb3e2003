import { groupOf, type KubeObject } from '../../cluster/object.js';
import { gatewayRoute } from './gateway-api.js';
import { virtualService } from './istio.js';
import { nginxIngress } from './nginx.js';
import { ingressRoute, traefikService } from './traefik.js';

/** Services of the stable version, each with the name of the one that reaches the new version only. */
export type Previews = ReadonlyMap<string, string>;

/**
 * Gives the object to apply so that `percent` of the requests which a route sends to a Service go to its preview.
 * undefined where the route sends none of them anything.
 */
export type Weigh = (route: KubeObject, previews: Previews, percent: number) => KubeObject | undefined;

const ROUTERS: Readonly<Record<string, Weigh>> = {
  'gateway.networking.k8s.io/HTTPRoute': gatewayRoute,
  'gateway.networking.k8s.io/GRPCRoute': gatewayRoute,
  'traefik.io/IngressRoute': ingressRoute,
  'traefik.io/TraefikService': traefikService,
  'networking.istio.io/VirtualService': virtualService,
  'networking.k8s.io/Ingress': nginxIngress,
};

/** A route with its weights set; undefined for what is none, or leads elsewhere. */
export const weigh: Weigh = (route, previews, percent) =>
  ROUTERS[`${groupOf(route.apiVersion)}/${route.kind}`]?.(route, previews, percent);

/** Whether a route sends requests to a Service of its own namespace. */
export function leadsTo(route: KubeObject, service: KubeObject): boolean {
  const { name, namespace } = service.metadata;
  return route.metadata.namespace === namespace && weigh(route, new Map([[name, name]]), 1) !== undefined;
}
