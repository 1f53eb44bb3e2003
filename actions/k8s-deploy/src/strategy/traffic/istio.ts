import { list, string, type Tree, tree } from '@fairway/action-kit/tree';
import type { KubeObject } from '../../cluster/object.js';
import type { Previews } from './router.js';
import { split } from './split.js';

/**
 * Weights of a VirtualService. Alone in its rule, a destination gets everything; among several, one without a weight gets
 * nothing. Weights are relative to their sum.
 * Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRouteDestination
 */
export function virtualService(
  route: KubeObject,
  previews: Previews,
  percent: number,
): KubeObject | undefined {
  const spec = tree(route.spec);
  let isHit = false;
  const http = list(spec.http).map((one) => {
    const rule = tree(one);
    const destinations = list(rule.route).map(tree);
    const alone = destinations.length === 1;
    const entries = alone ? destinations.map((entry) => ({ ...entry, weight: 1 })) : destinations;
    const beside = (entry: Tree) => besideOf(entry, route, previews);
    const weighted = split(entries, { percent, unnamed: 0, beside });
    isHit ||= weighted !== undefined;
    return weighted ? { ...rule, route: weighted } : rule;
  });
  return isHit ? { ...route, spec: { ...spec, http } } : undefined;
}

/** Without a subset: the DestinationRule that defines it is one of the stable version's host. */
function besideOf(entry: Tree, route: KubeObject, previews: Previews): Tree | undefined {
  const { subset: _stable, ...destination } = tree(entry.destination);
  const host = string(destination.host);
  const [name = '', ...domain] = host.split('.');
  const preview = previews.get(name);
  const full = [route.metadata.namespace ?? '', 'svc', 'cluster', 'local'];
  const isHere = domain.every((part, index) => part === full[index]);
  if (preview === undefined || !isHere) return undefined;
  return { ...entry, destination: { ...destination, host: [preview, ...domain].join('.') } };
}
