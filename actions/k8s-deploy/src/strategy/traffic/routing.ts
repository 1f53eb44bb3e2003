import { ActionError } from '@fairway/action-kit';
import { type KubeObject, keyOf, labelOf } from '../../cluster/object.js';
import { served } from '../subjects.js';
import { leadsTo } from './router.js';

/** What a canary by weight changes for its time. */
export interface Routing {
  readonly routes: readonly KubeObject[];
  /** Services that the routes lead to; for the time they are bound to the stable pods. */
  readonly services: readonly KubeObject[];
}

/** The Deployments of a release that its routes lead to. */
export function routedDeployments(objects: readonly KubeObject[]): KubeObject[] {
  const services = new Set(routingOf(objects).services.map(keyOf));
  return served(objects)
    .filter((one) => one.services.some((service) => services.has(keyOf(service))))
    .map(({ deployment }) => deployment);
}

export const NO_ROUTING: Routing = { routes: [], services: [] };

export function isRouted({ routing }: { readonly routing: Routing }): boolean {
  return routing.routes.length > 0;
}

/** All that a release has of routes which lead to Services of its Deployments. */
export function routingOf(objects: readonly KubeObject[]): Routing {
  return routingBetween(
    objects,
    objects,
    served(objects).flatMap(({ services }) => services),
  );
}

/**
 * How requests for Services can be shared by weight: by the routes of the release that serves, as far as the new one has
 * them too. What they say of everything else stays as it was.
 */
export function routingBetween(
  before: readonly KubeObject[],
  objects: readonly KubeObject[],
  services: readonly KubeObject[],
): Routing {
  const stay = new Set(objects.map(keyOf));
  const routes = before.filter(
    (object) => stay.has(keyOf(object)) && services.some((service) => leadsTo(object, service)),
  );
  const reached = services.filter((service) => routes.some((route) => leadsTo(route, service)));
  return { routes, services: [...new Map(reached.map((service) => [keyOf(service), service])).values()] };
}

/** @throws ActionError 'bad-input' where shares by weight were asked for and nothing can give them */
export function demandRoutes(
  contenders: readonly { readonly services: readonly KubeObject[]; readonly routing: Routing }[],
): void {
  const missing = contenders.find((contender) => !isRouted(contender));
  if (missing === undefined) return;
  throw new ActionError(
    'bad-input',
    `'traffic: weights' was asked for, and no route of the release leads to ${missing.services.map(labelOf).join(', ')}.`,
    {
      remedy:
        'Add its HTTPRoute, IngressRoute, TraefikService, VirtualService or Ingress (of a class named nginx) to the manifests; the last good release must hold it too. Or write  traffic: auto  for shares by replicas where there is none.',
    },
  );
}
