import { list, string, type Tree, tree } from '@fairway/action-kit/tree';
import type { KubeObject } from '../../cluster/object.js';
import type { Previews } from './router.js';
import { split } from './split.js';

/**
 * Weights of an HTTPRoute or GRPCRoute. An entry without one has the weight 1; one without a kind is a Service.
 * Source: https://gateway-api.sigs.k8s.io/reference/spec/#httpbackendref
 */
export function gatewayRoute(route: KubeObject, previews: Previews, percent: number): KubeObject | undefined {
  const spec = tree(route.spec);
  let isHit = false;
  const rules = list(spec.rules).map((one) => {
    const rule = tree(one);
    const beside = (ref: Tree) => besideOf(ref, route, previews);
    const refs = split(list(rule.backendRefs).map(tree), { percent, unnamed: 1, beside });
    isHit ||= refs !== undefined;
    return refs ? { ...rule, backendRefs: refs } : rule;
  });
  return isHit ? { ...route, spec: { ...spec, rules } } : undefined;
}

function besideOf(ref: Tree, route: KubeObject, previews: Previews): Tree | undefined {
  const isService = (string(ref.kind) || 'Service') === 'Service' && string(ref.group) === '';
  const isHere = ref.namespace === undefined || ref.namespace === route.metadata.namespace;
  const name = previews.get(string(ref.name));
  return isService && isHere && name !== undefined ? { ...ref, name } : undefined;
}
