import { ActionError } from '@fairway/action-kit';
import { at, list, tree } from '@fairway/action-kit/tree';
import { groupOf, type KubeObject, labelOf } from '../cluster/object.js';

/**
 * The objects as an environment of its own can have them. Pure.
 * @param host for its routes; empty leaves them as they are
 * @throws ActionError 'bad-manifest' for what all environments would share, 'bad-input' for a host without a route
 */
export function fitForPreview(objects: readonly KubeObject[], host: string): KubeObject[] {
  const shared = objects.find(({ metadata }) => metadata.namespace === undefined);
  if (shared) {
    throw new ActionError(
      'bad-manifest',
      `${labelOf(shared)} belongs to the whole cluster: every preview would change it, and none would take it away.`,
      { remedy: 'Leave it out of what previews deploy, for example with an overlay of their own.' },
    );
  }
  if (host === '') return [...objects];
  if (!objects.some(isRoute)) {
    throw new ActionError(
      'bad-input',
      "'preview-host' is set, and the release holds no Ingress and no HTTPRoute.",
      {
        remedy: 'Add an Ingress to the manifests, or take preview-host out.',
      },
    );
  }
  return objects.map((object) => (isRoute(object) ? withHost(object, host) : object));
}

function isRoute({ apiVersion, kind }: KubeObject): boolean {
  const group = groupOf(apiVersion);
  return (
    (group === 'networking.k8s.io' && kind === 'Ingress') ||
    (group === 'gateway.networking.k8s.io' && (kind === 'HTTPRoute' || kind === 'GRPCRoute'))
  );
}

function withHost(object: KubeObject, host: string): KubeObject {
  const spec = tree(object.spec);
  if (object.kind !== 'Ingress') return { ...object, spec: { ...spec, hostnames: [host] } };
  const rules = list(at(spec, 'rules')).map((rule) => ({ ...tree(rule), host }));
  const tls = list(at(spec, 'tls')).map((entry) => ({ ...tree(entry), hosts: [host] }));
  return {
    ...object,
    spec: { ...spec, ...(rules.length > 0 && { rules }), ...(tls.length > 0 && { tls }) },
  };
}
