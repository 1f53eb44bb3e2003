import { at, list, string, tree } from '@fairway/action-kit/tree';
import { annotation, type KubeObject } from '../../cluster/object.js';
import { nameBeside } from '../candidate.js';
import { CANARY, TRACK } from '../track.js';
import type { Previews } from './router.js';

const PREFIX = 'nginx.ingress.kubernetes.io/';
const CLASS = 'kubernetes.io/ingress.class';
/** All others are taken from the Ingress that the canary stands beside. */
const OWN = [`${PREFIX}load-balance`, `${PREFIX}upstream-hash-by`];
const AFFINITY = [`${PREFIX}affinity`, `${PREFIX}session-cookie`];

/**
 * A second Ingress for the new version, which ingress-nginx (and Traefik in its place) takes as a share of the first one's
 * requests by host and path. It has no TLS of its own: that is the first one's.
 * Source: https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#canary
 */
export function nginxIngress(
  ingress: KubeObject,
  previews: Previews,
  percent: number,
): KubeObject | undefined {
  if (!isNginx(ingress) || annotation(ingress, `${PREFIX}canary`) === 'true') return undefined;
  const rules = list(at(ingress, 'spec', 'rules')).flatMap((rule) => ruleBeside(rule, previews));
  if (rules.length === 0) return undefined;
  const { name, namespace, labels, annotations = {} } = ingress.metadata;
  const kept = Object.entries(annotations).filter(
    ([key]) => key === CLASS || OWN.includes(key) || AFFINITY.some((start) => key.startsWith(start)),
  );
  const className = at(ingress, 'spec', 'ingressClassName');
  return {
    apiVersion: ingress.apiVersion,
    kind: ingress.kind,
    metadata: {
      name: nameBeside(name, CANARY),
      ...(namespace !== undefined && { namespace }),
      labels: { ...labels, [TRACK]: CANARY },
      annotations: {
        ...Object.fromEntries(kept),
        [`${PREFIX}canary`]: 'true',
        [`${PREFIX}canary-weight`]: String(percent),
      },
    },
    spec: { ...(className !== undefined && { ingressClassName: className }), rules },
  };
}

/** By the name of its class, since reading the class itself is a right in the whole cluster. */
function isNginx(ingress: KubeObject): boolean {
  const name = string(at(ingress, 'spec', 'ingressClassName')) || annotation(ingress, CLASS);
  return /(^|-)nginx(-|$)/.test(name);
}

function ruleBeside(value: unknown, previews: Previews): object[] {
  const rule = tree(value);
  const paths = list(at(rule, 'http', 'paths')).flatMap((one) => {
    const path = tree(one);
    const service = tree(at(path, 'backend', 'service'));
    const name = previews.get(string(service.name));
    return name === undefined ? [] : [{ ...path, backend: { service: { ...service, name } } }];
  });
  return paths.length === 0 ? [] : [{ ...rule, http: { paths } }];
}
